// Puts a failure of an attempt into the catalogue's words (classification in one place; arr.md 11.2). `server` is its id
// everywhere, for the reason.
import { type ErrorCode, ProxyError } from '../../model/proxy-error.ts';
import type { HeadRefusal } from '../../wire/http1/head-scanner.ts';

type SystemError = Error & { code?: string };

const CONNECT_CODES: Readonly<Record<string, ErrorCode>> = {
  ETIMEDOUT: 'connectTimeout',
  ENOTFOUND: 'nameNotResolved',
  EAI_AGAIN: 'nameNotResolved',
};

/** The connection could not be made. */
export function connectFailure(server: string, error: SystemError | null): ProxyError {
  const code = error?.code ?? 'closed';
  return new ProxyError(CONNECT_CODES[code] ?? 'connectFailed', `could not connect to ${server}: ${code}`, error);
}

/** There is nowhere to connect to. @param reason why its name has no address; '' where that is not known */
export function noAddress(server: string, reason: string): ProxyError {
  return new ProxyError('nameNotResolved', `the name of ${server} has no address${reason === '' ? '' : `: ${reason}`}`);
}

/** A rule let its client choose the way to the admin API of this router. */
export function ownAdmin(server: string): ProxyError {
  return new ProxyError('noRoute', `${server} is the admin API of this router: requests are sent there by no rule`);
}

/** The connection broke before any byte of the response. @param uploading the request was not yet sent whole */
export function lostBeforeResponse(server: string, uploading: boolean, error: SystemError | null): ProxyError {
  if (uploading) return new ProxyError('closedDuringUpload', `${server}: server closed during upload`, error);
  const how = error === null ? 'closed the connection' : `broke the connection (${error.code ?? error.message})`;
  return new ProxyError('connectionAborted', `${server} ${how} before it answered`, error);
}

/** The connection broke inside the response. */
export function lostInsideResponse(server: string, error: SystemError | null): ProxyError {
  return new ProxyError('incompleteResponse', `${server} broke off its response`, error);
}

/** The time-out passed before the head of a response had come. */
export function lateBeforeResponse(server: string, connected: boolean, uploading: boolean): ProxyError {
  if (!connected) return new ProxyError('connectTimeout', `could not connect to ${server} in time`);
  if (uploading) return new ProxyError('sendTimeout', `${server} stopped reading the request`);
  return new ProxyError('responseTimeout', `${server} did not answer in time`);
}

/** The time-out passed inside the response. */
export function stalledInsideResponse(server: string): ProxyError {
  return new ProxyError('responseTimeout', `${server} stopped sending its response`);
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
