// Durations as people write them, and back. Milliseconds inside, everywhere.

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const WITH_UNIT = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/i;
/** The time span of IIS: `hh:mm:ss`, with days in front and fractions of a second behind where there are any. */
const TIME_SPAN = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2}):(\d{1,2}(?:\.\d+)?)$/;

/**
 * Reads `250ms`, `30s`, `20m`, `1h`, `2d`, `00:00:30`, or a bare number of seconds (CONTRACT 2).
 * @returns milliseconds, or null when it is none of these
 */
export function parseDuration(written: string | number): number | null {
  if (typeof written === 'number')
    return Number.isFinite(written) && written >= 0 ? milliseconds(written * 1000) : null;
  const text = written.trim();
  const simple = WITH_UNIT.exec(text);
  if (simple) return milliseconds(Number(simple[1]) * UNITS[(simple[2] ?? 's').toLowerCase()]!);
  const span = TIME_SPAN.exec(text);
  if (!span) return null;
  const [days, hours, minutes, seconds] = [Number(span[1] ?? 0), Number(span[2]), Number(span[3]), Number(span[4])];
  if (hours > 23 || minutes > 59 || seconds >= 60) return null;
  return milliseconds((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000);
}

/** Writes `ms` with the largest unit that divides it: 90000 is `90s`, 120000 is `2m`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0';
  for (const unit of ['d', 'h', 'm', 's']) {
    if (ms % UNITS[unit]! === 0) return `${ms / UNITS[unit]!}${unit}`;
  }
  return `${ms}ms`;
}

function milliseconds(ms: number): number | null {
  const whole = Math.round(ms);
  return Number.isSafeInteger(whole) ? whole : null;
}
