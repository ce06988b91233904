// The frame that ends a WebSocket (RFC 6455 5.5.1).
import { Buffer } from 'node:buffer';
import { randomFillSync } from 'node:crypto';

/** "An endpoint is going away, such as a server going down" (RFC 6455 7.4.1). */
export const GOING_AWAY = 1001;
/** Registered with IANA: come back, but not all at once. */
export const SERVICE_RESTART = 1012;

const FINAL_CLOSE = 0x88;
const MASKED = 0x80;

/** As latin1 text. @param masked as a client has to (RFC 6455 5.3); @param reason ASCII, 123 bytes at most */
export function closeFrame(code: number, reason: string, masked: boolean): string {
  const payload = Buffer.from(String.fromCharCode(code >> 8, code & 0xff) + reason, 'latin1');
  if (!masked) return String.fromCharCode(FINAL_CLOSE, payload.length) + payload.toString('latin1');
  const key = randomFillSync(Buffer.alloc(4));
  for (let i = 0; i < payload.length; i++) payload[i]! ^= key[i & 3]!;
  return (
    String.fromCharCode(FINAL_CLOSE, MASKED | payload.length) + key.toString('latin1') + payload.toString('latin1')
  );
}
