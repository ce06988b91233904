// Header values that no log shows: whoever reads a log must not be able to act as a client (CONTRACT 5).

export const REDACTED = '[redacted]';

const SECRET_FIELDS: ReadonlySet<string> = new Set(['cookie', 'authorization', 'proxy-authorization']);

/** @param name field name in lower case */
export function isSecretField(name: string): boolean {
  return SECRET_FIELDS.has(name);
}
