// Where each number of the shared server table stands. A block is one SharedArrayBuffer:
// [ header: 16 int32 ][ control: 16 int32 per slot ][ rows: for each row, one record of float64 per slot ].
// Control words are shared by all threads; a record has one writer, the thread of its row. Slots and records are whole
// cache lines, so that threads do not slow each other by writing neighbouring numbers.

export const SLOTS_PER_BLOCK = 64;

const HEADER_INTS = 16;
/** Header word (of the first block): counts changes of health, availability and membership. */
export const EPOCH = 0;
/** Header word: rows of this block, the retired one included. */
const ROWS = 1;
/** Header word: place of this block in the table. */
const PLACE = 2;

export const CONTROL_INTS = 16;
/** Control words of a slot, written with Atomics. */
export const GENERATION = 0;
/** 1 while unhealthy, so that zeroed memory is a healthy server. */
export const UNHEALTHY = 1;
export const AVAILABILITY = 2;
/** Open connections to the server, exact for the process. */
export const CONNECTIONS = 3;
export const FIRST_CURSOR = 4;
export const RETRY_CURSOR = 5;
/** Percent of its weight that a server that ramps up does not have yet, so that zeroed memory is full weight. */
export const RAMP_MISSING = 6;
/** Attempts under way, exact for the process, of servers whose farm asks for it (ServerState.countRequests). */
export const REQUESTS = 7;
/** Failures in a row, and until when the circuit is open (circuit.ts); 0 is closed. */
export const CIRCUIT_FAILURES = 8;
export const CIRCUIT_OPEN_UNTIL = 9;
/** Wall time, in seconds since 1970, when a client bound to the server was seen last; 0 is never. */
export const LAST_BINDING = 10;
/** 1 while the server is warmed up: it gets no new work unless nobody else can take it. */
export const WARMING = 11;

/** Of a farm's slot: requests that have waited in its queue so far. */
export const QUEUE_TICKETS = 1;
/** Of a farm's slot: retries of each of the latest seconds, RETRY_SECONDS words (farm-numbers.ts). */
export const RETRY_RING = 6;
export const RETRY_SECONDS = 10;

/** Upper bounds of the response time histogram, in seconds; one more bucket takes what is above. */
export const RESPONSE_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

const knownCodes = [
  ...[101, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308],
  ...[400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418],
  ...[421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511],
];

/** Labels of the status counters by position: 'none' is an attempt without a response, 'other' a code not listed. */
export const STATUS_LABELS: readonly string[] = ['none', 'other', ...knownCodes.map(String)];

const statusPositions = new Uint8Array(1000).fill(1);
statusPositions[0] = 0;
for (const [index, code] of knownCodes.entries()) statusPositions[code] = index + 2;

/** Position of `status` among STATUS_LABELS. */
export function statusPosition(status: number): number {
  return status >= 0 && status < 1000 ? statusPositions[status]! : 1;
}

/** Fields of a record. */
export const TOTAL = 0;
export const FAILED = 1;
export const CURRENT = 2;
export const BYTES_SENT = 3;
export const BYTES_RECEIVED = 4;
export const RESPONSE_SUM = 5;
/** What this row holds of CONNECTIONS. */
export const HELD = 6;
/** Requests of this row that wait for a connection, where CONNECTIONS has reached its limit. */
export const WAITING = 7;
/** Response times that RESPONSE_SUM adds up. */
export const RESPONSE_COUNT = 8;
/** What this row holds of REQUESTS. */
export const HELD_REQUESTS = 9;
/** Sessions that began with a 101: handshakes that ended, those that failed, sessions now, and their bytes. */
export const SESSIONS = 10;
export const SESSIONS_FAILED = 11;
export const SESSIONS_NOW = 12;
export const SESSION_BYTES_SENT = 13;
export const SESSION_BYTES_RECEIVED = 14;
export const BUCKETS = 15;
export const BUCKET_COUNT = RESPONSE_BOUNDS.length + 1;
export const STATUSES = BUCKETS + BUCKET_COUNT;
const RECORD_FLOATS = Math.ceil((STATUSES + STATUS_LABELS.length) / 8) * 8;

const GAUGES: ReadonlySet<number> = new Set([CURRENT, HELD, WAITING, HELD_REQUESTS, SESSIONS_NOW]);

/** Fields that only grow: they are folded into the retired row when a worker dies. */
export function isTotal(field: number): boolean {
  return !GAUGES.has(field);
}

/** One block as a thread sees it. */
export interface Block {
  readonly buffer: SharedArrayBuffer;
  readonly control: Int32Array;
  readonly records: Float64Array;
  readonly rows: number;
  readonly place: number;
}

const recordsOffset = (HEADER_INTS + CONTROL_INTS * SLOTS_PER_BLOCK) * Int32Array.BYTES_PER_ELEMENT;

/** A zeroed block for `rows` rows, the table's block number `place`. */
export function makeBlock(rows: number, place: number): Block {
  const bytes = recordsOffset + rows * SLOTS_PER_BLOCK * RECORD_FLOATS * Float64Array.BYTES_PER_ELEMENT;
  const buffer = new SharedArrayBuffer(bytes);
  const header = new Int32Array(buffer, 0, HEADER_INTS);
  header[ROWS] = rows;
  header[PLACE] = place;
  return openBlock(buffer);
}

export function openBlock(buffer: SharedArrayBuffer): Block {
  const control = new Int32Array(buffer, 0, recordsOffset / Int32Array.BYTES_PER_ELEMENT);
  const records = new Float64Array(buffer, recordsOffset);
  return { buffer, control, records, rows: control[ROWS]!, place: control[PLACE]! };
}

/** Index in Block.control of the first control word of a slot, given its position in the block. */
export function controlIndex(position: number): number {
  return HEADER_INTS + position * CONTROL_INTS;
}

/** Index in Block.records of the record of `row` for a slot, given its position in the block. */
export function recordIndex(row: number, position: number): number {
  return (row * SLOTS_PER_BLOCK + position) * RECORD_FLOATS;
}

/** Every field of a record, for folding and zeroing. */
export const RECORD_LENGTH = RECORD_FLOATS;
