// What the router says to its operators. The library's caller hands in one of these; the command line makes it of pino.

/** Facts of one line. `event` is a stable name; `eventId` is the id that ARR gives the same event (arr.md 8.5). */
export type LogFacts = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(facts: LogFacts, message: string): void;
  info(facts: LogFacts, message: string): void;
  warn(facts: LogFacts, message: string): void;
  error(facts: LogFacts, message: string): void;
}
