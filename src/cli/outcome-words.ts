// The outcome of a request in a few words, on one line.
import type { ExplainedOutcome } from '../index.ts';

export function outcomeWords(outcome: ExplainedOutcome): string {
  switch (outcome.kind) {
    case 'proxy':
      return `${destination(outcome)} ${outcome.url}`;
    case 'static':
      return `file ${outcome.file}`;
    case 'rewrite':
      return `stays here as ${outcome.url}`;
    case 'redirect':
      return `redirect ${outcome.status} ${outcome.location}`;
    case 'customResponse':
      return `answer ${statusCode(outcome)} ${outcome.reason}`;
    case 'abort':
      return 'the connection is dropped';
    case 'none':
      return '404, nothing serves it';
    case 'error':
      return `refused ${statusCode(outcome)} ${outcome.code}: ${outcome.reason}`;
  }
}

function destination({ farm, server = 'origin' }: Extract<ExplainedOutcome, { kind: 'proxy' }>): string {
  return farm === undefined ? server : `${farm}/${server}`;
}

/** `404`, `502.4`. */
export function statusCode({ status, subStatus }: { status: number; subStatus: number }): string {
  return subStatus === 0 ? `${status}` : `${status}.${subStatus}`;
}
