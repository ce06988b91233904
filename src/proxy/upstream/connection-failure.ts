// Puts a failure of a server connection into the catalogue's words (classification in one place; arr.md 11.2).
import { type ErrorCode, ProxyError } from '../../model/proxy-error.ts';
import type { HeadRefusal } from '../../wire/http1/head-scanner.ts';

type SystemError = Error & { code?: string };

const CONNECT_CODES: Readonly<Record<string, ErrorCode>> = {
  ETIMEDOUT: 'connectTimeout',
  ENOTFOUND: 'nameNotResolved',
  EAI_AGAIN: 'nameNotResolved',
};

/** The connection could not be made. @param server its address, for the reason */
export function connectFailure(server: string, error: SystemError | null): ProxyError {
  const code = error?.code ?? 'closed';
  return new ProxyError(CONNECT_CODES[code] ?? 'connectFailed', `could not connect to ${server}: ${code}`, error);
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

/** What the server sent is no head of a response. */
export function invalidHead(server: string, refusal: HeadRefusal): ProxyError {
  const code = refusal.status === 431 ? 'responseHeadTooLarge' : 'invalidResponse';
  return new ProxyError(code, `${server} sent an invalid response: ${refusal.reason}`);
}

/** The framing of its body is wrong. */
export function malformedBody(server: string, fault: string): ProxyError {
  return new ProxyError('incompleteResponse', `${server}: malformed chunked body: ${fault}`);
}
