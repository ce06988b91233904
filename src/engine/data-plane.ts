// The data plane of one thread: its listeners, its snapshot, its connections to servers, and the journey between them.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { Deadlines } from '../base/deadlines.ts';
import { systemRandom } from '../base/random.ts';
import { TcpListener } from '../l4/listener.ts';
import type { ClientConnectionInfo } from '../model/client.ts';
import type { ConfigProblem } from '../model/config.ts';
import type { ConnectionRecord } from '../model/connection-record.ts';
import type { OutcomeSink } from '../model/extensions.ts';
import type { Server } from '../model/farm.ts';
import type { FoundName } from '../model/found-name.ts';
import type { FoundHost } from '../model/host-use.ts';
import type { RequestContext } from '../model/request-context.ts';
import { ServerTable } from '../model/server-table.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { KnownHosts } from '../proxy/affinity/known-hosts.ts';
import { Journey } from '../proxy/journey/journey.ts';
import { Listener } from '../proxy/listener/listener.ts';
import type { ListenerServices } from '../proxy/listener/listener-services.ts';
import { AccessLogSink } from '../proxy/outcomes/access-log.ts';
import { countOutcome, freePlace } from '../proxy/outcomes/count-outcome.ts';
import { LiveTrafficSink } from '../proxy/outcomes/live-traffic.ts';
import { UpstreamServices } from '../proxy/upstream/upstream-services.ts';
import type { RequestHeadScanner } from '../wire/http1/request-head-scanner.ts';
import { SERVICE_RESTART } from '../wire/websocket/close-frame.ts';
import { compileSnapshot } from './compile-snapshot.ts';
import type { DataPlaneEvents, DataPlanePort, DataPlaneSetup, Revision, SettledListener } from './data-plane-port.ts';
import { Extensions } from './extensions.ts';
import { loadExtensions } from './load-extensions.ts';
import { ProcessGauges } from './process-gauges.ts';
import { type VirtualServerHost, VirtualServers } from './virtual-servers.ts';

/** How often the sign of life, the Date field and the log are seen to, ms. */
const BEAT = 200;
/** Signs of life in one workerStallTimeout, at least. */
const BEATS = 5;
/** Sessions that should all have ended are waited for so much longer, ms: their deadlines are not exact. */
const LATE = 1000;
/** The first sinks, which no configuration changes. */
const LASTING_SINKS = 3;

/** Peers that are told of at most: a client that forges the field from many addresses fills no memory. */
const MOST_UNTRUSTED = 100;

/** A listener of either kind. */
type OpenListener = Listener | TcpListener;

export class DataPlane implements DataPlanePort, ListenerServices, VirtualServerHost {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly scanners: RequestHeadScanner[] = [];
  /** Set by the first commit, which comes before the first listener is opened. */
  snapshot!: Snapshot;
  date = '';
  readonly #row: number;
  readonly #table: ServerTable;
  readonly #gauges: ProcessGauges;
  readonly #events: DataPlaneEvents;
  readonly #upstream: UpstreamServices;
  readonly #journey: Journey;
  readonly #hosts: KnownHosts;
  readonly #sinks: OutcomeSink[];
  /** Untrusted peers that sent X-Forwarded-For: each is told of once. */
  readonly #untrusted = new Set<string>();
  readonly #virtualServers: VirtualServers;
  readonly #listeners = new Map<string, OpenListener>();
  /** Listeners that take no more connections but still have some. */
  readonly #closing = new Set<OpenListener>();
  #accessLog: AccessLogSink | null = null;
  #prepared: Snapshot | null = null;
  #whenEmpty: (() => void) | null = null;
  /** TLS handshakes under way. */
  #handshakes = 0;
  #stopBeat: () => void;

  constructor(setup: DataPlaneSetup, events: DataPlaneEvents, clock: Clock) {
    this.clock = clock;
    this.deadlines = new Deadlines(clock);
    this.#row = setup.row;
    this.#table = ServerTable.attach(setup.serverBlocks, setup.row);
    this.#gauges = new ProcessGauges(setup.gauges);
    this.#events = events;
    this.#upstream = new UpstreamServices(clock, this.deadlines, this.#table.rows, (host) => events.onNameWanted(host));
    this.#virtualServers = new VirtualServers(this, this.#upstream, setup.sourceRates);
    this.#hosts = new KnownHosts({
      clock,
      want: (wanted) => events.onHostsWanted(wanted),
      onUnanswered: (requests) => events.onHostsUnanswered(requests),
    });
    this.#sinks = [
      countOutcome,
      freePlace,
      new LiveTrafficSink((server, reason) => events.onLiveFailure(server.id, reason)),
    ];
    this.#journey = new Journey({
      clock,
      upstream: this.#upstream,
      sinks: this.#sinks,
      date: () => this.date,
      onInternalError: (error) => this.#onFault(error),
    });
    this.#beat();
    this.#stopBeat = clock.every(BEAT, () => this.#beat());
  }

  #onFault(error: unknown): void {
    this.#events.onInternalError(error instanceof Error ? `${error.stack}` : String(error));
  }

  #beat(): void {
    this.#gauges.tick(this.#row);
    this.date = new Date(this.clock.wall()).toUTCString();
    this.#accessLog?.tick();
    this.#upstream.pools.share();
    this.#virtualServers.waiting.look();
    this.#measureRequests();
    for (const [farm, uses] of this.#hosts.takeUses()) this.#events.onHostUses(farm, uses);
  }

  /** Retry budgets are a share of them. */
  #measureRequests(): void {
    if (this.snapshot === undefined) return;
    const now = this.clock.wall();
    for (const { retry } of this.snapshot.farms.values()) retry?.measure(now);
  }

  // ---- for the control thread -----------------------------------------------------------------------------------

  async prepare(revision: Revision): Promise<ConfigProblem[]> {
    for (const block of revision.serverBlocks) this.#table.addBlock(block);
    const loaded = await loadExtensions(revision.config.extensions);
    const services = { clock: this.clock, random: systemRandom };
    const extensions = new Extensions(loaded.list, services, (error) => this.#onFault(error));
    const problems: ConfigProblem[] = [...loaded.problems];
    this.#prepared = compileSnapshot(
      revision,
      this.#table,
      extensions,
      this.clock,
      problems,
      this.#hosts,
      this.snapshot,
    );
    this.#virtualServers.prepare(this.#prepared, this.#table, revision.slots);
    return problems;
  }

  async commit(addresses: ReadonlyMap<string, readonly string[]>): Promise<void> {
    const snapshot = this.#prepared!;
    this.#prepared = null;
    for (const [host, known] of addresses) this.#upstream.addresses.set(host, known);
    this.#useSinks(snapshot);
    this.#hosts.retain(farmsOfHosts(snapshot));
    this.scanners.length = 0; // they carry the old limits
    this.snapshot = snapshot;
    this.#upstream.spillFiles.directory = snapshot.config.stateDirectory;
    this.#upstream.pools.retain(snapshot);
    this.#virtualServers.commit(snapshot);
    for (const listener of this.#listeners.values()) listener.takeEarly();
    this.#stopBeat();
    const { workerStallTimeout } = snapshot.config;
    this.#stopBeat = this.clock.every(Math.min(BEAT, workerStallTimeout / BEATS), () => this.#beat());
  }

  #useSinks(snapshot: Snapshot): void {
    this.#accessLog?.tick();
    this.#sinks.length = LASTING_SINKS;
    const { accessLog } = snapshot.config;
    this.#accessLog =
      accessLog === null ? null : new AccessLogSink(accessLog, (lines) => this.#events.onLogLines(lines));
    if (this.#accessLog !== null) this.#sinks.push(this.#accessLog);
    this.#sinks.push(...snapshot.sinks);
  }

  async open(listeners: readonly SettledListener[]): Promise<void> {
    const opened: OpenListener[] = [];
    try {
      for (const options of listeners) {
        const listener =
          options.protocol === 'tcp' ? new TcpListener(options, this.#virtualServers) : new Listener(options, this);
        await listener.listen();
        opened.push(listener);
      }
    } catch (error) {
      await this.#end(opened);
      throw error;
    }
    for (const listener of opened) this.#listeners.set(listener.key, listener);
  }

  async close(keys: readonly string[]): Promise<void> {
    const going = keys.flatMap((key) => this.#listeners.get(key) ?? []);
    await this.#end(going);
    this.clock.after(this.snapshot.config.shutdownIdleGrace, () => closeIdle(going));
  }

  /** They take no more connections; those that they have answer what was begun. */
  async #end(listeners: readonly OpenListener[]): Promise<void> {
    if (listeners.length === 0) return;
    await nextTurn(); // the kernel's queue is emptied first: closing resets what is in it (CONTRACT 6)
    for (const listener of listeners) {
      listener.close();
      this.#listeners.delete(listener.key);
      if (listener.hasConnections) this.#closing.add(listener);
    }
  }

  async setAddresses(host: string, addresses: readonly string[]): Promise<void> {
    this.#upstream.addresses.set(host, addresses);
    if (this.snapshot !== undefined) this.#upstream.pools.forgetHost(this.snapshot, host);
  }

  async learnName(host: string, found: FoundName): Promise<void> {
    if (this.#upstream.names.learn(host, found)) this.#upstream.pools.forgetHost(this.snapshot, host);
  }

  async learnHosts(found: readonly FoundHost[]): Promise<void> {
    this.#hosts.learn(found);
  }

  async cutServer(id: string): Promise<void> {
    this.#upstream.pools.cut(id);
    for (const listener of this.#allListeners()) if (listener instanceof TcpListener) listener.cutServer(id);
  }

  async oldestPinned(): Promise<number> {
    let oldest = this.snapshot.id;
    for (const listener of this.#allListeners()) oldest = Math.min(oldest, listener.oldestPinned(this.snapshot));
    return oldest;
  }

  async stop(): Promise<number> {
    const { shutdownTimeout, shutdownIdleGrace } = this.snapshot.config;
    await this.#end([...this.#listeners.values()]);
    const cancelGrace = this.clock.after(shutdownIdleGrace, () => closeIdle(this.#closing));
    const cut = await this.#emptied(shutdownTimeout);
    cancelGrace();
    this.#accessLog?.tick();
    await this.terminate();
    return cut;
  }

  async terminate(): Promise<void> {
    for (const listener of this.#allListeners()) {
      listener.close();
      listener.destroy(true);
    }
    this.#upstream.pools.destroy();
    this.#stopBeat();
    this.deadlines.close();
  }

  /**
   * Resolves when no connection is left; after `timeout` ms what is left is cut, and counted. Sessions are closed then, and
   * cut only where that is not possible.
   */
  #emptied(timeout: number): Promise<number> {
    const { sessions } = this.#upstream;
    const cutBefore = sessions.cut;
    return new Promise((resolve) => {
      let cut = 0;
      const cutAll = (alsoSessions: boolean): void => {
        for (const listener of this.#allListeners()) cut += listener.destroy(alsoSessions);
      };
      let cancel = this.clock.after(timeout, () => {
        cancel = this.clock.after(sessions.closeAll(SERVICE_RESTART) + LATE, () => cutAll(true));
        cutAll(false);
      });
      this.#whenEmpty = () => {
        cancel();
        // A virtual server is empty before destroy() has said how many it cut.
        queueMicrotask(() => resolve(cut + sessions.cut - cutBefore));
      };
      this.#checkEmpty();
    });
  }

  #checkEmpty(): void {
    if (this.#whenEmpty === null) return;
    for (const listener of this.#allListeners()) if (listener.hasConnections) return;
    this.#whenEmpty();
    this.#whenEmpty = null;
  }

  *#allListeners(): Iterable<OpenListener> {
    yield* this.#listeners.values();
    yield* this.#closing;
  }

  // ---- for the listeners ----------------------------------------------------------------------------------------

  newId(): string {
    return randomUUID();
  }

  handle(ctx: RequestContext): void {
    this.#journey.begin(ctx);
  }

  admit(): boolean {
    return this.#gauges.admitConnection(this.#row, this.snapshot.config.limits.connections);
  }

  /** Each data plane has its share of them. */
  admitHandshake(): boolean {
    if (this.#handshakes >= this.snapshot.config.limits.handshakes / this.#table.rows) return false;
    this.#handshakes++;
    return true;
  }

  handshakeOver(): void {
    this.#handshakes--;
    this.#forgetClosed();
  }

  released(connection: ClientConnectionInfo): void {
    this.#gauges.releaseConnection(this.#row);
    this.#upstream.release(connection);
    this.#forgetClosed();
  }

  #forgetClosed(): void {
    for (const listener of this.#closing) if (!listener.hasConnections) this.#closing.delete(listener);
    this.#checkEmpty();
  }

  ended(record: ConnectionRecord | null): void {
    if (record !== null) this.#accessLog?.recordConnection(record);
    this.#gauges.releaseConnection(this.#row);
    this.#forgetClosed();
  }

  failed(server: Server, reason: string): void {
    this.#events.onLiveFailure(server.id, reason);
  }

  refused(): void {
    this.#gauges.countRefusal(this.#row);
  }

  untrustedForward(peerAddress: string): void {
    if (this.#untrusted.has(peerAddress) || this.#untrusted.size === MOST_UNTRUSTED) return;
    this.#untrusted.add(peerAddress);
    this.#events.onUntrustedForward(peerAddress);
  }
}

function farmsOfHosts({ config }: Snapshot): Set<string> {
  return new Set(config.farms.filter(({ affinity }) => affinity.hostName !== null).map(({ name }) => name));
}

/** Once everything that the kernel holds for us now has been taken. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** Requests that have come already are read first: then what is idle is. */
function closeIdle(listeners: Iterable<OpenListener>): void {
  void nextTurn().then(() => {
    for (const listener of listeners) listener.closeIdle();
  });
}
