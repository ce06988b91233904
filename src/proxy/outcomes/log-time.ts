// Wall time and durations as log lines write them. Lines of one second share its text: making it anew would cost more
// than the rest of a line.

const THREE_DIGITS: readonly string[] = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));

export class LogTime {
  #second = -1;
  #date = '';
  #time = '';

  /** `2026-01-01T00:00:00.000Z`; @param wall ms since 1970 */
  iso(wall: number): string {
    const whole = this.#enter(wall);
    return `${this.#date}T${this.#time}.${THREE_DIGITS[whole % 1000]}Z`;
  }

  /** `2026-01-01`, in UTC */
  date(wall: number): string {
    this.#enter(wall);
    return this.#date;
  }

  /** `00:00:00`, in UTC */
  time(wall: number): string {
    this.#enter(wall);
    return this.#time;
  }

  #enter(wall: number): number {
    const whole = Math.floor(wall);
    const second = Math.floor(whole / 1000);
    if (second !== this.#second) {
      const iso = new Date(second * 1000).toISOString();
      this.#second = second;
      this.#date = iso.slice(0, 10);
      this.#time = iso.slice(11, 19);
    }
    return whole;
  }
}

/** Milliseconds with three decimals: `12.345`. Made of two integers, because printing a fraction is slow. */
export function milliseconds(duration: number): string {
  const micros = Math.max(0, Math.round(duration * 1000));
  return `${Math.floor(micros / 1000)}.${THREE_DIGITS[micros % 1000]}`;
}
