// The numbers of one server as people and metrics read them: the rows of all workers added up.
import {
  type Block,
  BUCKET_COUNT,
  BUCKETS,
  BYTES_RECEIVED,
  BYTES_SENT,
  CONNECTIONS,
  CURRENT,
  controlIndex,
  FAILED,
  RECORD_LENGTH,
  RESPONSE_BOUNDS,
  RESPONSE_SUM,
  recordIndex,
  SESSION_BYTES_RECEIVED,
  SESSION_BYTES_SENT,
  SESSIONS,
  SESSIONS_FAILED,
  SESSIONS_NOW,
  STATUS_LABELS,
  STATUSES,
  TOTAL,
} from './server-table-layout.ts';

/** Names as in arr.md 8.3 where ARR has them. */
export interface ServerTotals {
  /** Attempts that ended. */
  totalRequests: number;
  failedRequests: number;
  /** Attempts under way. */
  currentRequests: number;
  /** Open connections to the server, idle ones included. */
  currentConnections: number;
  bytesSent: number;
  bytesReceived: number;
  /** Sessions that began with a 101, WebSockets mostly, and handshakes that failed. Bytes of sessions are in no other number. */
  totalWebSocketRequests: number;
  currentWebSocketRequests: number;
  failedWebSocketRequests: number;
  webSocketBytesSent: number;
  webSocketBytesReceived: number;
  /** Sum in milliseconds of `responseTimeCount` times to the response head. */
  responseTimeSum: number;
  responseTimeCount: number;
  /** Cumulative, as Prometheus has them: `count` responses took at most `le` seconds; the last `le` is Infinity. */
  responseTimeBuckets: { le: number; count: number }[];
  /** By status code of the server; 'none' when no response came, 'other' for codes without a counter. Zeros are left out. */
  statusCodes: Map<string, number>;
}

/** Adds up the rows of the slot at `position` of `block`. */
export function readTotals(block: Block, position: number): ServerTotals {
  const sum = new Float64Array(RECORD_LENGTH);
  for (let row = 0; row < block.rows; row++) {
    const base = recordIndex(row, position);
    for (let field = 0; field < RECORD_LENGTH; field++) sum[field]! += block.records[base + field]!;
  }
  const buckets = cumulativeBuckets(sum);
  return {
    totalRequests: sum[TOTAL]!,
    failedRequests: sum[FAILED]!,
    currentRequests: sum[CURRENT]!,
    currentConnections: Atomics.load(block.control, controlIndex(position) + CONNECTIONS),
    bytesSent: sum[BYTES_SENT]!,
    bytesReceived: sum[BYTES_RECEIVED]!,
    totalWebSocketRequests: sum[SESSIONS]!,
    currentWebSocketRequests: sum[SESSIONS_NOW]!,
    failedWebSocketRequests: sum[SESSIONS_FAILED]!,
    webSocketBytesSent: sum[SESSION_BYTES_SENT]!,
    webSocketBytesReceived: sum[SESSION_BYTES_RECEIVED]!,
    responseTimeSum: sum[RESPONSE_SUM]!,
    responseTimeCount: buckets.at(-1)!.count,
    responseTimeBuckets: buckets,
    statusCodes: statusCounts(sum),
  };
}

function cumulativeBuckets(sum: Float64Array): { le: number; count: number }[] {
  const buckets = [];
  let count = 0;
  for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) {
    count += sum[BUCKETS + bucket]!;
    buckets.push({ le: RESPONSE_BOUNDS[bucket] ?? Number.POSITIVE_INFINITY, count });
  }
  return buckets;
}

function statusCounts(sum: Float64Array): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [position, label] of STATUS_LABELS.entries()) {
    const count = sum[STATUSES + position]!;
    if (count > 0) counts.set(label, count);
  }
  return counts;
}
