// What health tells its operators: each change with its evidence (arr.md 8.5).
import type { HealthChange } from '../../model/farm-operations.ts';

/** What one run of the URL test saw. */
export interface ProbeResult {
  /** Wall time of the start, ms since 1970. */
  readonly at: number;
  readonly passed: boolean;
  /** Of the response; null when none came. */
  readonly status: number | null;
  /** In words: `status 500, expected 200-399`. */
  readonly reason: string;
  /** Milliseconds that the run took. */
  readonly duration: number;
}

/** Why a server's health is what it is. */
export interface HealthEvidence {
  readonly healthy: boolean;
  /** What decided the present health; null while nothing has. */
  readonly by: HealthChange['by'] | null;
  /** The same in words. */
  readonly reason: string;
  /** Wall time of that decision, ms since 1970. */
  readonly since: number;
  /** The latest runs of the URL test, oldest first. */
  readonly lastResults: readonly ProbeResult[];
}

export type HealthEventKind = 'serverUnhealthy' | 'serverHealthy' | 'minServersReached';

export interface HealthEvent {
  readonly kind: HealthEventKind;
  /** ARR's event id; null for the one that has none known to us. */
  readonly eventId: 1000 | 1002 | null;
  readonly farm: string;
  readonly server: string;
  /** FARM/ADDRESS. */
  readonly id: string;
  readonly reason: string;
  /** Wall time, ms since 1970. */
  readonly at: number;
  readonly evidence: HealthEvidence;
}
