// The live numbers of a server as requests read and write them. Those of a farm's server are shared by all threads
// (server-state.ts); those of an origin belong to the thread alone.
import type { ServerState } from './server-state.ts';

export type ServerNumbers = Pick<ServerState, keyof ServerState>;
