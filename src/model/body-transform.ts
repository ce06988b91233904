// Something that changes the bytes of a response body on their way to the client, whoever the body comes from: a
// server, or a file of a site. It knows nothing of messages and connections; RewrittenBody stands between it and them.
import type { ProxyError } from './proxy-error.ts';

export interface BodyTransform {
  /** Called once, before anything else: where the changed bytes go. */
  begin(output: BodyOutput): void;
  /** Takes buffer[start, end). What is not used when this returns, and not in `output` by then, has to be copied. */
  write(buffer: Buffer, start: number, end: number): void;
  /** No bytes follow: `output` gets the rest, then done(). */
  end(): void;
  /** True while it should be given no more: output.ready() follows. Bytes that come all the same are taken. */
  readonly full: boolean;
  /** The client takes no more for now; what is in work already may still come out. */
  pause(): void;
  /** The client takes more again. */
  resume(): void;
  /** Nobody wants the rest: the client left, or the server broke off. `output` is not called again. */
  destroy(): void;
}

export interface BodyOutput {
  /** Bytes buffer[start, end) for the client; nobody changes them afterwards. */
  write(buffer: Buffer, start: number, end: number): void;
  /** The transform was full, and is no more. */
  ready(): void;
  /** All is written. */
  done(): void;
  /** It cannot go on; nothing follows. */
  fail(error: ProxyError): void;
}
