// The field names that the product knows, as small numbers, so that nobody compares header names as text on the
// request path. field-identity.ts finds the kind of a name while its bytes are read.

export const FieldKind = {
  unknown: 0,
  host: 1,
  connection: 2,
  contentLength: 3,
  transferEncoding: 4,
  keepAlive: 5,
  te: 6,
  trailer: 7,
  upgrade: 8,
  expect: 9,
  proxyConnection: 10,
  cookie: 11,
  authorization: 12,
  xForwardedFor: 13,
  xForwardedProto: 14,
  xForwardedHost: 15,
  xForwardedBy: 16,
  xArrSsl: 17,
  /** X-ARR-ClientCert: one word, as ARR spells it. */
  xArrClientcert: 18,
  xArrLogId: 19,
  xOriginalUrl: 20,
  maxForwards: 21,
  accept: 22,
  acceptEncoding: 23,
  userAgent: 24,
  referer: 25,
  contentType: 26,
  server: 27,
  date: 28,
  location: 29,
  contentLocation: 30,
  setCookie: 31,
  xPoweredBy: 32,
  wwwAuthenticate: 33,
  proxyAuthenticate: 34,
  proxyAuthorization: 35,
  arrDisableSessionAffinity: 36,
  via: 37,
  /** Any name that contains `_`: it would become the same server variable as the one with `-` (CONTRACT 3). */
  underscore: 38,
} as const;

export type FieldKind = (typeof FieldKind)[keyof typeof FieldKind];

/** Lower-case names as on the wire, by kind; '' for the kinds that stand for many names. */
export const fieldNames: readonly string[] = Object.keys(FieldKind).map((key, kind) =>
  kind === FieldKind.unknown || kind === FieldKind.underscore
    ? ''
    : key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
);

const KIND_BY_NAME: ReadonlyMap<string, FieldKind> = new Map(
  fieldNames.map((name, kind) => [name, kind as FieldKind] as const).filter(([name]) => name !== ''),
);

/** The kind of a lower-case field name. */
export function fieldKindOf(lowerCaseName: string): FieldKind {
  const kind = KIND_BY_NAME.get(lowerCaseName);
  if (kind !== undefined) return kind;
  return lowerCaseName.includes('_') ? FieldKind.underscore : FieldKind.unknown;
}
