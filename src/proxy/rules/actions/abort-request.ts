// AbortRequest: the connection is dropped, nothing is sent (url-rewrite.md 10).
import type { Abort } from '../../../model/answer.ts';
import type { Action } from './action.ts';

export const abortRequest: Action = {
  perform: (): Abort => ({ kind: 'abort' }),
};
