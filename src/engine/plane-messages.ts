// The messages between the control thread and a worker: calls with a number, answers with the same number, and events.
import type { DataPlaneEvents, DataPlanePort } from './data-plane-port.ts';

export type PlaneVerb = keyof DataPlanePort;
export type PlaneEvent = keyof DataPlaneEvents;

/** To a worker. */
export interface PlaneCall {
  call: number;
  verb: PlaneVerb;
  arguments: unknown[];
}

/** From a worker. */
export type PlaneMessage =
  | { kind: 'answer'; call: number; value: unknown }
  | { kind: 'failure'; call: number; error: { message: string; code: string | undefined } }
  | { kind: 'event'; event: PlaneEvent; arguments: unknown[] };
