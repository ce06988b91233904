// How the end of a message body is found (RFC 9112 6.3).

export const BodyKind = {
  none: 0,
  /** Content-Length bytes. */
  length: 1,
  chunked: 2,
  /** Responses only: the body ends with the connection. */
  close: 3,
} as const;

export type BodyKind = (typeof BodyKind)[keyof typeof BodyKind];
