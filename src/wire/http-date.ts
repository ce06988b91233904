// Dates of HTTP (RFC 9110 5.6.7).

const IMF = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC850 = /^[A-Z][a-z]{5,8}, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}:\d{2}:\d{2}) GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}:\d{2}:\d{2}) (\d{4})$/;

/** `Sun, 06 Nov 1994 08:49:37 GMT`. @param ms since 1970 */
export function formatHttpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

/**
 * Milliseconds since 1970, whole seconds; null when `text` is a date in none of the three forms.
 * @param now wall time in ms: a two-digit year is not more than 50 years ahead of it
 */
export function parseHttpDate(text: string, now: number): number | null {
  if (IMF.test(text)) return valid(Date.parse(text));
  const obsolete = RFC850.exec(text);
  if (obsolete !== null) {
    const [, day, month, year, time] = obsolete;
    const century = Math.floor(new Date(now).getUTCFullYear() / 100) * 100;
    const full = century + Number(year);
    const latest = new Date(now).getUTCFullYear() + 50;
    return valid(Date.parse(`${day} ${month} ${full > latest ? full - 100 : full} ${time} GMT`));
  }
  const [, month, day, time, year] = ASCTIME.exec(text) ?? [];
  return month === undefined ? null : valid(Date.parse(`${day!.trim()} ${month} ${year} ${time} GMT`));
}

function valid(ms: number): number | null {
  return Number.isNaN(ms) ? null : ms;
}
