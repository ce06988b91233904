// What a TLS client is told that is not let in before TLS has begun: a record of its own (RFC 8446 5.1, 6), fatal.
import { Buffer } from 'node:buffer';

const alert = (description: number): Buffer => Buffer.from([21, 3, 3, 0, 2, 2, description]);

export const DECODE_ERROR = alert(50);
/** The name that it asked for is not served (RFC 6066 3). */
export const UNRECOGNIZED_NAME = alert(112);
