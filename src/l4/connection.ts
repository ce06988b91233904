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
import { addressOfPeer } from '../base/peer-address.ts';
import type { Balanced } from '../model/balanced.ts';
import type { ConnectionEnd, ConnectionRecord } from '../model/connection-record.ts';
import type { Farm, Server } from '../model/farm.ts';
import type { AffinityVerdict } from '../model/request-context.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { DialTarget } from '../transport/dial.ts';
import type { ClientHello } from '../wire/client-hello.ts';
import { type ProxyHeader, readProxyHeader } from '../wire/proxy-header.ts';
import { proxyHeader } from '../wire/write-proxy-header.ts';
import { Opening, type OpeningEvent } from './opening.ts';
import { breakOff, Passage, type PassageOwner } from './passage.ts';
import { choosePool, OpeningBytes } from './pools.ts';
import type { VirtualServerServices } from './services.ts';
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
  readonly client: Socket;
  readonly hostRecord = null;
  clientAddress: string;
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
  /** Asked of the system at once: a closed socket does not know it any more. */
  #localAddress: string;
  #localPort: number;
  #clientPort: number;
  /** Of the PROXY header, once it was read. */
  #headerLength = 0;
  /** That it asked for by TLS, where that was read. */
  #serverName = '';
  /** What the PROXY header says of TLS that was ended before. */
  #told: ClientHello | null = null;
  /** What else that one said of it. */
  #passedOn: Buffer | null = null;
  #opening: Opening | null = null;
  #passage: Passage | null = null;
  #held: Buffer = NO_BYTES;
  #isConnected = false;
  #clientError: string | null = null;
  #stopWaiting: (() => void) | null = null;
  #isAdmitted = false;
  #isCounted = false;
  #isOver = false;

  constructor(
    client: Socket,
    virtual: VirtualServer,
    services: VirtualServerServices,
    onClosed: (connection: TcpConnection) => void,
  ) {
    this.client = client;
    this.#virtual = virtual;
    this.#services = services;
    this.#onClosed = onClosed;
    this.#id = services.newId();
    this.#receivedAt = services.clock.wall();
    this.#startedAt = services.clock.monotonic();
    this.clientAddress = addressOfPeer(client);
    this.#clientPort = client.remotePort ?? 0;
    this.#localAddress = addressOfPeer({ remoteAddress: client.localAddress });
    this.#localPort = client.localPort ?? 0;
    client.on('error', (error: NodeJS.ErrnoException) => {
      this.#clientError = error.code ?? error.message;
    });
    client.on('close', () => this.#onClientClosed());
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
    this.#opening = new Opening(this.client, patience, (bytes, event) => this.#read(bytes, event, isProxied));
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
    let rest = bytes;
    if (isProxied) {
      if (this.#headerLength === 0) {
        const header = readProxyHeader(bytes);
        if (header === 'malformed') return this.#refuse('malformed', 'no PROXY header');
        if (header === null) return event !== 'bytes' && this.#refuse('noFirstBytes', 'the PROXY header did not come');
        this.#take(header);
        if (!this.#keepsToRate()) return this.#refuse('refused', 'connectionRate');
      }
      rest = bytes.subarray(this.#headerLength);
    }
    const opening = new OpeningBytes(rest, this.#told);
    const pool = choosePool(this.#virtual.pools, opening);
    if (pool === 'malformed') return this.#refuse('malformed', 'no ClientHello');
    // Who says nothing may wait for the server to speak first.
    if (pool === 'more' && event === 'bytes') return false;
    if (pool === 'more' && event === 'late' && rest.length > 0) {
      return this.#refuse('noFirstBytes', 'the first bytes did not come in time');
    }
    this.#serverName = opening.knownHello?.serverName ?? '';
    this.#opening?.stop();
    this.#choose(pool === null || pool === 'more' ? this.#virtual.farm : pool.farm, rest);
    return true;
  }

  #take({ length, client, destination, tlvs }: ProxyHeader): void {
    this.#headerLength = length;
    if (client === null || destination === null) return;
    this.clientAddress = client.address;
    this.#clientPort = client.port;
    this.#localAddress = destination.address;
    this.#localPort = destination.port;
    if (tlvs === null) return;
    const { authority, alpn, passedOn } = tlvs;
    if (authority !== '' || alpn !== '') this.#told = { serverName: authority, protocols: alpn === '' ? [] : [alpn] };
    this.#passedOn = passedOn;
  }

  #refuse(end: ConnectionEnd, reason: string): true {
    this.#services.refused();
    this.#fail(end, reason);
    return true;
  }

  // ---- 3. the server ----------------------------------------------------------------------------------------------

  #choose(farm: Farm | null, held: Buffer): void {
    if (farm === null || farm.connections === null) return this.#fail('noFarm', '');
    this.farm = farm;
    this.#held = held;
    if (!farm.config.enabled) return this.#fail('noServer', `farm ${farm.name} is not enabled`);
    this.candidates = farm.candidates();
    const bound = farm.connections.affinity?.find(this) ?? null;
    if (bound !== null) this.candidates = [bound];
    else if (this.boundServer !== null && farm.config.affinity.whenServerGone !== 'redistribute') {
      return this.#fail('noServer', `${this.boundServer.id}, which the client is bound to, takes no connections`);
    }
    if (this.candidates.length === 0) return this.#fail('noServer', farm.whyNoServer());
    if (!this.#tryStart()) this.#wait(farm);
  }

  /** Every server has its maxConnections or maxRequests. */
  #wait({ name, config }: Farm): void {
    this.#services.waiting.add(this);
    this.#stopWaiting = this.#services.clock.after(config.protocol.timeout, () => {
      this.#fail('busy', `all servers of ${name} have as many connections as they may have`);
    });
  }

  tryAgain(): boolean {
    if (this.#isOver) return true;
    const farm = this.farm!;
    if (this.affinity !== 'kept') this.candidates = farm.candidates();
    if (this.candidates.length === 0 || !this.#tryStart()) return false;
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
    this.#passage = new Passage(this.client, server, target, patience, this.#preface(), this, this.#services);
  }

  /** Who the client is, where the servers of the farm want to be told. */
  #preface(): Buffer | null {
    const { proxyProtocol } = this.farm!.config.protocol;
    if (proxyProtocol === 'off') return null;
    return proxyHeader(proxyProtocol, {
      source: { address: this.clientAddress, port: this.#clientPort },
      destination: { address: this.#localAddress, port: this.#localPort },
      authority: this.#serverName,
      uniqueId: this.#id,
      passedOn: this.#passedOn,
    });
  }

  onConnected(): void {
    const { connections, breaker } = this.farm!;
    const server = this.server!;
    const attempt = this.attempts.at(-1)!;
    this.#isConnected = true;
    breaker?.succeeded(server, attempt.isTrial);
    connections!.affinity?.bind(this);
    const idle = this.#services.deadlines.queue(this.#virtual.config.limits.idleTimeout);
    const held = this.#held;
    this.#held = NO_BYTES;
    this.#connectTime = this.#services.clock.monotonic() - attempt.startedAt;
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
    const tried = this.attempts.map((attempt) => attempt.server);
    const isHeld = this.affinity === 'kept' && farm.config.affinity.whenServerGone === 'refuse';
    const candidates = farm.candidates().filter((each) => !tried.includes(each));
    if (!isHeld && candidates.length > 0 && this.#mayRetry(farm)) {
      this.candidates = candidates;
      if (this.#tryStart()) return;
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
  #fail(end: ConnectionEnd, reason: string): void {
    if (this.#isOver) return;
    this.#settle(end, reason);
    this.#passage?.cut(end, reason);
    breakOff(this.client);
  }

  #settle(end: ConnectionEnd, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#opening?.stop();
    this.#stopWaiting?.();
    this.#services.waiting.delete(this);
    if (this.#isConnected) this.farm!.connections!.affinity?.used(this);
    if (this.#passage !== null) this.#leave(this.server!, end === 'serverBroke');
    this.#onClosed(this);
    this.#count(end);
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
      clientAddress: this.clientAddress,
      clientPort: this.#clientPort,
      localAddress: this.#localAddress,
      localPort: this.#localPort,
      serverName: this.#serverName,
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
