// What a Content-Type says of a body, as far as rules for bodies need to know.

export interface MediaType {
  /** Lower-case; '' when it is not said. */
  readonly type: string;
  /** Value of `charset`; '' when it is not said. */
  readonly charset: string;
}

/** @param value of Content-Type; '' when there is none */
export function readMediaType(value: string): MediaType {
  const charset = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(value);
  return { type: value.split(';', 1)[0]!.trim().toLowerCase(), charset: charset?.[1] ?? charset?.[2] ?? '' };
}

export function isHtml({ type }: MediaType): boolean {
  return type === 'text/html' || type === '' || type.endsWith('+xml') || isXml({ type, charset: '' });
}

export function isXml({ type }: MediaType): boolean {
  return type.endsWith('+xml') || type === 'text/xml' || type === 'application/xml';
}

const NOT_TEXT =
  /^(?:image\/(?!svg)|audio\/|video\/|font\/|model\/|multipart\/|application\/(?:octet-stream|pdf|zip|gzip|wasm|x-(?:tar|bzip2?|7z.*|gzip|rar.*|msdownload|shockwave-flash)|vnd\.(?!.*(?:xml|json)).*|font.*|msword|x-font.*|protobuf|grpc.*)$)/;

/** Whether such a body can hold text that rules are for. One of an unknown type can. */
export function mayBeText({ type }: MediaType): boolean {
  return !NOT_TEXT.test(type);
}
