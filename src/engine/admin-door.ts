// The admin API's listener while the router runs: a reload may open it, close it and change its token; its address
// stays (CONTRACT 2, Reload).
import type { AdminServer } from '../admin/start-admin.ts';
import type { AdminConfig, ListenAddress } from '../model/config.ts';
import { isLoopback } from '../model/listen-address.ts';
import { type AdminSource, openAdmin } from './open-admin.ts';

export class AdminDoor {
  readonly #source: () => AdminSource;
  #server: AdminServer | null = null;
  /** What is open was opened for a configuration that is not in force yet. */
  #isNew = false;
  #opening: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> = Promise.resolve();
  /** Where it is open, and the token, which the server reads at each request. */
  #settings: { address: ListenAddress; token: string | null } | null = null;

  /** @param source asked when the listener is opened */
  constructor(source: () => AdminSource) {
    this.#source = source;
  }

  /** Null while it is closed. */
  get url(): string | null {
    return this.#server?.url ?? null;
  }

  /** Opens it if `config` wants it open and it is not. @throws ListenError when its address cannot be had */
  async prepare(config: AdminConfig): Promise<void> {
    if (!config.enabled || this.#server !== null) return;
    this.#settings = { address: config.address, token: config.token };
    const opening = openAdmin(this.#settings, this.#source());
    this.#opening = opening.catch(() => {});
    this.#server = await opening;
    this.#isNew = true;
  }

  /** `config` is in force. */
  commit(config: AdminConfig): void {
    this.#isNew = false;
    if (!config.enabled) {
      void this.close(); // the request that asked for the reload is still to be answered
    } else if (config.token !== null || isLoopback(this.#settings!.address)) {
      // Without a token, what was opened for other machines keeps the one it has: the address changes with a restart only.
      this.#settings!.token = config.token;
    }
  }

  /** What was prepared does not come into force. */
  async abandon(): Promise<void> {
    if (this.#isNew) await this.close();
  }

  async close(): Promise<void> {
    await this.#opening;
    const server = this.#server;
    this.#server = null;
    this.#isNew = false;
    if (server !== null) this.#closing = server.close();
    await this.#closing;
  }
}
