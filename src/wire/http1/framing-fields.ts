// The fields that say how a message is framed and what becomes of its connection: the serialiser's alone (CONTRACT 3).

/** Lower-case names. */
export const FRAMING_FIELDS: ReadonlySet<string> = new Set([
  ...['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'te', 'trailer', 'upgrade'],
]);
