// Counts each finished request in the shared numbers of the server that it ended with.
import type { OutcomeSink } from '../../model/extensions.ts';
import { liveFailureReason } from './live-traffic.ts';

const SWITCHED = 101;

/**
 * Ends the last attempt of a request: ctx.server is set only where ServerState.started() was called. An attempt that
 * was followed by another one on a different server has been ended when that began.
 */
export const countOutcome: OutcomeSink = {
  name: 'count',
  record(ctx) {
    const { server, outcome } = ctx;
    if (server === null || outcome === null) return;
    const isSession = outcome.upstreamStatus === SWITCHED; // its bytes were counted as they passed
    server.state.ended(
      outcome.upstreamStatus,
      isSession ? 0 : outcome.bytesSent,
      isSession ? 0 : outcome.bytesReceived,
      outcome.responseTime,
      liveFailureReason(ctx) !== null,
    );
  },
};

/** After countOutcome: the place of the request at its server goes to the next one that waits for it. */
export const freePlace: OutcomeSink = {
  name: 'free-place',
  record({ farm }) {
    farm?.queue?.placeFree();
  },
};
