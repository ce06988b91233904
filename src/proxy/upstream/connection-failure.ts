// Puts a failure of an attempt into the catalogue's words (classification in one place; arr.md 11.2). `server` is its id
// everywhere, for the reason.
import { type ErrorCode, ProxyError } from '../../model/proxy-error.ts';
import { CertificateRefused } from '../../transport/connect-securely.ts';
import type { HeadRefusal } from '../../wire/http1/head-scanner.ts';

type SystemError = Error & { code?: string; syscall?: string; reason?: string };

const CONNECT_CODES: Readonly<Record<string, ErrorCode>> = {
  ETIMEDOUT: 'connectTimeout',
  ENOTFOUND: 'nameNotResolved',
  EAI_AGAIN: 'nameNotResolved',
};

/** The connection could not be made, or its handshake failed. @param error null: the server has ended it */
function connectFailure(server: string, error: SystemError | null): ProxyError {
  const ofTls = tlsFailure(server, error);
  if (ofTls !== null) return ofTls;
  const code = error?.code ?? '';
  // Before there is a connection nothing but a handshake can end or break; one that is refused names its system call.
  if (error === null || (code === 'ECONNRESET' && error.syscall !== 'connect'))
    return new ProxyError('tlsFailed', `${server} closed the connection within the TLS handshake`, error);
  return new ProxyError(CONNECT_CODES[code] ?? 'connectFailed', `could not connect to ${server}: ${code}`, error);
}

/** RFC 9209 2.3: what went wrong with TLS; null where that is not what failed. */
function tlsFailure(server: string, error: SystemError | null): ProxyError | null {
  const code = error?.code ?? '';
  if (error instanceof CertificateRefused)
    return new ProxyError('certificateRefused', `${server}: ${error.message}`, error);
  if (code.startsWith('ERR_SSL_')) {
    const words = error!.reason ?? code;
    if (/ALERT/.test(code)) return new ProxyError('tlsAlert', `${server} refused TLS: ${words}`, error);
    return new ProxyError('tlsFailed', `TLS with ${server} failed: ${words}`, error);
  }
  return null;
}

/** There is nowhere to connect to. @param reason why its name has no address; '' where that is not known */
export function noAddress(server: string, reason: string): ProxyError {
  return new ProxyError('nameNotResolved', `the name of ${server} has no address${reason === '' ? '' : `: ${reason}`}`);
}

/** A rule let its client choose the way to the admin API of this router. */
export function ownAdmin(server: string): ProxyError {
  return new ProxyError('noRoute', `${server} is the admin API of this router: requests are sent there by no rule`);
}

/** The connection could not be made, or broke before any byte of the response. @param uploading the request was not yet sent whole */
export function lostBeforeResponse(
  server: string,
  connected: boolean,
  uploading: boolean,
  error: SystemError | null,
): ProxyError {
  if (!connected) return connectFailure(server, error);
  if (error?.code?.startsWith('ERR_SSL_')) return tlsFailure(server, error)!;
  if (uploading) return new ProxyError('closedDuringUpload', `${server}: server closed during upload`, error);
  const how = error === null ? 'closed the connection' : `broke the connection (${error.code ?? error.message})`;
  return new ProxyError('connectionAborted', `${server} ${how} before it answered`, error);
}

/** The connection broke inside the response. */
export function lostInsideResponse(server: string, error: SystemError | null): ProxyError {
  return new ProxyError('incompleteResponse', `${server} broke off its response`, error);
}

/** The time-out passed before the head of a response had come. @param limit the setting that it is */
export function lateBeforeResponse(server: string, limit: string, connected: boolean, uploading: boolean): ProxyError {
  if (!connected) return new ProxyError('connectTimeout', `could not connect to ${server} in time (${limit})`);
  if (uploading) return new ProxyError('sendTimeout', `${server} stopped reading the request (${limit})`);
  return new ProxyError('responseTimeout', `${server} did not answer in time (${limit})`);
}

/** The time-out passed inside the response. @param limit the setting that it is */
export function stalledInsideResponse(server: string, limit: string): ProxyError {
  return new ProxyError('responseTimeout', `${server} stopped sending its response (${limit})`);
}

/** A 101 that is no answer to what was asked. @param fault what is wrong with it */
export function switchRefused(server: string, fault: string): ProxyError {
  return new ProxyError('upgradeRefused', `${server} ${fault}`);
}

/** What the server sent is no head of a response. */
export function invalidHead(server: string, refusal: HeadRefusal): ProxyError {
  const code = refusal.status === 431 ? 'responseHeadTooLarge' : 'invalidResponse';
  return new ProxyError(code, `${server} sent an invalid response: ${refusal.reason}`);
}

/** The framing of its body is wrong. */
export function malformedBody(server: string, fault: string): ProxyError {
  return new ProxyError('incompleteResponse', `${server}: malformed chunked body: ${fault}`);
}

/** An operator stopped it at once, whatever it was doing. */
export function serverStopped(server: string): ProxyError {
  return new ProxyError('serverStopped', `${server} was stopped by an operator`);
}
