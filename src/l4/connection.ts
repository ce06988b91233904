// One connection of a client to a virtual server:
//
//   1. what has to be seen of it is awaited: a PROXY header, its first bytes (opening.ts)
//   2. the farm: that of the first pool that fits, else the listener's own (pools.ts)
//   3. the server: the one that the client is bound to, else the balancing method's pick; perhaps it waits for a place
//   4. a passage to it; where it cannot be reached another server is tried (passage.ts)
//   5. bytes pass until it is over, and what became of it is told
//
// It keeps the configuration that it began with.
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import type { Balanced } from '../model/balanced.ts';
import type { ConnectionEnd, ConnectionRecord } from '../model/connection-record.ts';
import type { Farm, Server } from '../model/farm.ts';
import type { AffinityVerdict } from '../model/request-context.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { DialTarget } from '../transport/dial.ts';
import { readProxyHeader } from '../wire/proxy-header.ts';
import { DECODE_ERROR, UNRECOGNIZED_NAME } from '../wire/tls-alerts.ts';
import { HeldClient } from './held-client.ts';
import { Opening, type OpeningEvent } from './opening.ts';
import { breakOff, Passage, type PassageOwner } from './passage.ts';
import { choosePool, OpeningBytes } from './pools.ts';
import type { VirtualServerServices } from './services.ts';
import { TcpClient } from './tcp-client.ts';
import type { VirtualServer } from './virtual-server.ts';
import type { Waiter } from './waiting-room.ts';

const NO_SERVERS: readonly Server[] = [];
const NO_BYTES = Buffer.alloc(0);

interface Attempt {
  readonly server: Server;
  readonly startedAt: number;
  readonly isTrial: boolean;
}

export class TcpConnection implements Balanced, PassageOwner, Waiter {
  readonly client: TcpClient;
  readonly hostRecord = null;
  farm: Farm | null = null;
  candidates: readonly Server[] = NO_SERVERS;
  affinity: AffinityVerdict = 'off';
  boundServer: Server | null = null;
  server: Server | null = null;
  attempts: Attempt[] = [];
  readonly #virtual: VirtualServer;
  readonly #services: VirtualServerServices;
  readonly #onClosed: (connection: TcpConnection) => void;
  readonly #id: string;
  readonly #receivedAt: number;
  readonly #startedAt: number;
  #opening: Opening | null = null;
  #passage: Passage | null = null;
  /** The client, while there is no server to hear it. */
  #held: HeldClient | null = null;
  /** It is counted at `server`. */
  #hasPlace = false;
  #isConnected = false;
  #clientError: string | null = null;
  #stopWaiting: (() => void) | null = null;
  #isAdmitted = false;
  #isCounted = false;
  #isOver = false;

  constructor(
    socket: Socket,
    virtual: VirtualServer,
    services: VirtualServerServices,
    onClosed: (connection: TcpConnection) => void,
  ) {
    this.client = new TcpClient(socket);
    this.#virtual = virtual;
    this.#services = services;
    this.#onClosed = onClosed;
    this.#id = services.newId();
    this.#receivedAt = services.clock.wall();
    this.#startedAt = services.clock.monotonic();
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#clientError = error.code ?? error.message;
    });
    socket.on('close', () => this.#onClientClosed());
  }

  get clientAddress(): string {
    return this.client.address;
  }

  /** The snapshot whose servers it counts at: `current`, where that has them too, however long the connection lasts. */
  pinnedSnapshot(current: Snapshot): number {
    const server = this.server;
    if (server === null) return this.#virtual.snapshotId;
    const farm = current.farms.get(server.farmName.toLowerCase());
    const isThere = farm?.servers.some(({ id, slot }) => id === server.id && slot === server.slot) === true;
    return isThere ? current.id : this.#virtual.snapshotId;
  }

  /** It has come to a server, or is on its way there. */
  get isBusy(): boolean {
    return this.farm !== null;
  }

  begin(): void {
    const { pools, farm, senders, config, state } = this.#virtual;
    state.started();
    if (!this.#services.admit()) return this.#turnAway();
    this.#isAdmitted = true;
    if (!state.tryAcquireConnection(config.limits.connections)) return this.#turnAway();
    this.#isCounted = true;
    const isProxied = senders?.has(this.clientAddress) === true;
    if (!isProxied && !this.#keepsToRate()) return this.#turnAway();
    if (pools.length === 0 && !isProxied) return this.#choose(farm, NO_BYTES);
    const patience = this.#services.deadlines.queue(config.limits.firstBytesTimeout);
    this.#opening = new Opening(this.client.socket, patience, (bytes, event) => this.#read(bytes, event, isProxied));
  }

  #keepsToRate(): boolean {
    const { connectionRate } = this.#virtual.config.limits;
    if (connectionRate === null || this.clientAddress === '') return true;
    const { rates, clock } = this.#services;
    return rates.take(this.#virtual.name, this.clientAddress, connectionRate, clock.wall());
  }

  /** Beyond a limit: no line in the log, which a flood would fill. */
  #turnAway(): void {
    this.#services.refused();
    this.#fail('refused', '');
  }

  /** Ends it at once, whatever it is doing. */
  cut(reason: string): void {
    if (this.#passage !== null && this.#isConnected) this.#passage.cut('stopped', reason);
    else this.#fail('stopped', reason);
  }

  // ---- 1, 2. the farm ---------------------------------------------------------------------------------------------

  /** @returns true once no more has to be seen */
  #read(bytes: Buffer, event: OpeningEvent, isProxied: boolean): boolean {
    if (isProxied && this.client.headerLength === 0) {
      const header = readProxyHeader(bytes);
      if (header === 'malformed') return this.#refuse('malformed', 'no PROXY header');
      if (header === null) return event !== 'bytes' && this.#refuse('noFirstBytes', 'the PROXY header did not come');
      this.client.take(header);
      if (!this.#keepsToRate()) return this.#refuse('refused', 'connectionRate');
    }
    const rest = bytes.subarray(this.client.headerLength);
    const opening = new OpeningBytes(rest, this.client.told);
    const pool = choosePool(this.#virtual.pools, opening);
    if (pool === 'malformed') return this.#refuse('malformed', 'no ClientHello', DECODE_ERROR);
    // Who says nothing may wait for the server to speak first.
    if (pool === 'more' && event === 'bytes') return false;
    if (pool === 'more' && event === 'late' && rest.length > 0) {
      return this.#refuse('noFirstBytes', 'the first bytes did not come in time');
    }
    this.client.serverName = opening.knownHello?.serverName ?? '';
    this.#opening?.stop();
    const farm = pool === null || pool === 'more' ? this.#virtual.farm : pool.farm;
    if (farm === null && opening.isTls) this.#fail('noFarm', '', UNRECOGNIZED_NAME);
    else this.#choose(farm, rest);
    return true;
  }

  #refuse(end: ConnectionEnd, reason: string, lastWords: Buffer | null = null): true {
    this.#services.refused();
    this.#fail(end, reason, lastWords);
    return true;
  }

  // ---- 3. the server ----------------------------------------------------------------------------------------------

  #choose(farm: Farm | null, held: Buffer): void {
    if (farm === null || farm.connections === null) return this.#fail('noFarm', '');
    this.farm = farm;
    if (!farm.config.enabled) return this.#fail('noServer', `farm ${farm.name} is not enabled`);
    const why = this.#findCandidates(farm);
    if (why !== null) return this.#fail('noServer', why);
    this.#held = new HeldClient(this.client.socket, held);
    if (!this.#tryStart()) this.#wait(farm);
  }

  /** Where it may go now: to the server that the client is bound to, else to any that takes work. @returns why there is none; null */
  #findCandidates(farm: Farm): string | null {
    this.boundServer = null;
    this.candidates = farm.candidates();
    const bound = farm.connections!.affinity?.find(this) ?? null;
    if (bound !== null) this.candidates = [bound];
    else if (this.boundServer !== null && farm.config.affinity.whenServerGone !== 'redistribute') {
      this.candidates = NO_SERVERS;
      return `${(this.boundServer as Server).id}, which the client is bound to, takes no connections`;
    }
    return this.candidates.length === 0 ? farm.whyNoServer() : null;
  }

  /** Every server has its maxConnections or maxRequests. */
  #wait(farm: Farm): void {
    this.#services.waiting.add(this);
    this.#stopWaiting = this.#services.clock.after(farm.config.protocol.timeout, () => {
      const why = this.#findCandidates(farm);
      if (why !== null) this.#fail('noServer', why);
      else this.#fail('busy', `all servers of ${farm.name} have as many connections as they may have`);
    });
  }

  get unboundIn(): Farm | null {
    return this.farm!.connections!.affinity === null ? this.farm : null;
  }

  tryAgain(): boolean {
    if (this.#isOver) return true;
    if (this.#findCandidates(this.farm!) !== null || !this.#tryStart()) return false;
    this.#stopWaiting?.();
    this.#stopWaiting = null;
    return true;
  }

  /** Begins an attempt with one of the candidates; false where none of them has a place. */
  #tryStart(): boolean {
    const farm = this.farm!;
    const trial = this.attempts.length === 0 ? (farm.breaker?.takeTrial(this) ?? null) : null;
    if (trial !== null && takesPlace(trial, farm)) return this.#attempt(trial, true);
    for (let list = this.candidates; list.length > 0; ) {
      const server = farm.connections!.balancer.pick(list, this);
      if (takesPlace(server, farm)) return this.#attempt(server, false);
      list = list.filter((each) => each !== server);
    }
    return false;
  }

  // ---- 4. a passage to it -----------------------------------------------------------------------------------------

  #attempt(server: Server, isTrial: boolean): true {
    this.server = server;
    this.#hasPlace = true;
    this.attempts.push({ server, startedAt: this.#services.clock.monotonic(), isTrial });
    this.#services.locate(server, (target, reason) => {
      if (this.#isOver) return;
      if (target === null) this.onUnreachable(`its name has no address ${reason}`.trimEnd());
      else this.#dial(server, target);
    });
    return true;
  }

  #dial(server: Server, target: DialTarget): void {
    const { protocol, retry } = this.farm!.config;
    const patience = this.#services.deadlines.queue(
      Math.min(protocol.timeout, retry.perTryTimeout || protocol.timeout),
    );
    const preface = protocol.proxyProtocol === 'off' ? null : this.client.header(protocol.proxyProtocol, this.#id);
    this.#passage = new Passage(this.client.socket, server, target, patience, preface, this, this.#services);
  }

  onConnected(): void {
    const { connections, breaker } = this.farm!;
    const server = this.server!;
    const attempt = this.attempts.at(-1)!;
    this.#isConnected = true;
    breaker?.succeeded(server, attempt.isTrial);
    connections!.affinity?.bind(this);
    const idle = this.#services.deadlines.queue(this.#virtual.config.limits.idleTimeout);
    this.#connectTime = this.#services.clock.monotonic() - attempt.startedAt;
    const held = this.#held!.release();
    this.#held = null;
    this.#passage!.begin(held, idle);
  }

  /** Milliseconds; -1 while it is not connected. It is the response time of the server. */
  #connectTime = -1;

  onUnreachable(code: string): void {
    const server = this.server!;
    const farm = this.farm!;
    this.#passage = null;
    this.#leave(server, true);
    this.#services.skipAddress(server);
    this.#services.failed(server, code === 'ETIMEDOUT' ? 'connection_timeout' : 'connection_refused');
    farm.breaker?.failed(server, this.attempts.at(-1)!.isTrial);
    if (this.#isOver) return;
    const tried = new Set(this.attempts.map((attempt) => attempt.server));
    const isHeld = this.affinity === 'kept' && farm.config.affinity.whenServerGone !== 'redistribute';
    const candidates = farm.candidates(tried);
    if (!isHeld && candidates.length > 0 && this.#mayRetry(farm)) {
      this.candidates = candidates;
      if (this.#tryStart()) return;
      farm.retry?.returnRetry(this.#services.clock.wall());
    }
    this.#fail('notConnected', `could not connect to ${server.id}: ${code}`);
  }

  #mayRetry({ config, retry }: Farm): boolean {
    if (this.attempts.length >= config.retry.attempts) return false;
    if (this.#services.clock.monotonic() - this.#startedAt >= config.protocol.timeout) return false;
    return retry === null || (retry.retriesAfter('connect') && retry.takeRetry(this.#services.clock.wall()));
  }

  // ---- 5. over ----------------------------------------------------------------------------------------------------

  onOver(end: ConnectionEnd, reason: string): void {
    this.#settle(end, reason);
  }

  #onClientClosed(): void {
    if (this.#isOver) return;
    if (this.#isConnected) this.#passage!.onClientClosed(this.#clientError);
    else this.#fail('clientLeft', this.#clientError ?? '');
  }

  /** It comes to no server. */
  #fail(end: ConnectionEnd, reason: string, lastWords: Buffer | null = null): void {
    if (this.#isOver) return;
    this.#settle(end, reason);
    this.#passage?.cut(end, reason);
    const { socket } = this.client;
    if (lastWords !== null && !socket.destroyed) socket.end(lastWords, () => socket.destroy());
    else breakOff(socket);
  }

  #settle(end: ConnectionEnd, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#opening?.stop();
    this.#held?.release();
    this.#stopWaiting?.();
    this.#services.waiting.delete(this);
    if (this.#isConnected) this.farm!.connections!.affinity?.used(this);
    this.#onClosed(this);
    this.#count(end);
    if (this.#hasPlace) this.#leave(this.server!, end === 'serverBroke');
    if (this.#isAdmitted) this.#services.released(end === 'refused' ? null : this.#record(end, reason));
  }

  #count(end: ConnectionEnd): void {
    const { state } = this.#virtual;
    const { bytesIn = 0, bytesOut = 0 } = this.#passage ?? {};
    state.ended(0, bytesIn, bytesOut, -1, end !== 'client' && end !== 'server');
    if (this.#isCounted) state.releaseConnection();
  }

  /** The attempt with `server` is over; what it has passed is counted already. */
  #leave({ state }: Server, hasFailed: boolean): void {
    this.#hasPlace = false;
    state.ended(0, 0, 0, this.#connectTime, hasFailed);
    state.releaseConnection();
    this.farm!.queue?.placeFree();
    this.#services.waiting.look();
  }

  #record(end: ConnectionEnd, reason: string): ConnectionRecord {
    return {
      id: this.#id,
      receivedAt: this.#receivedAt,
      listener: this.#virtual.name,
      clientAddress: this.client.address,
      clientPort: this.client.port,
      localAddress: this.client.localAddress,
      localPort: this.client.localPort,
      serverName: this.client.serverName,
      farmName: this.farm?.name ?? null,
      serverAddress: this.server?.address ?? null,
      attempts: this.attempts.length,
      bytesIn: this.#passage?.bytesIn ?? 0,
      bytesOut: this.#passage?.bytesOut ?? 0,
      duration: this.#services.clock.monotonic() - this.#startedAt,
      end,
      reason,
    };
  }
}

/** Counts an attempt with `server`, where it has a place for one. */
function takesPlace(server: Server, { queue, config }: Farm): boolean {
  const { state } = server;
  if (!state.tryAcquireConnection(config.protocol.maxConnections)) return false;
  if (queue === null) state.started();
  else if (queue.tryStart([server], () => server) === null) {
    state.releaseConnection();
    return false;
  }
  return true;
}
