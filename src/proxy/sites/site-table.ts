// Which site a request belongs to: the bindings, in the order in which http.sys prefers them. A host name counts more
// than none, a whole one more than `*.example.com`, and an address more than `*`.
import type { ClientConnectionInfo } from '../../model/client.ts';
import type { ListenerConfig } from '../../model/config.ts';
import type { ChosenSite, Site } from '../../model/site.ts';
import type { BindingConfig } from '../../model/site-config.ts';

interface Entry extends ChosenSite {
  readonly binding: BindingConfig;
}

export class SiteTable {
  /** By lower-case host name; '' holds the bindings without one. Those with an address stand first. */
  readonly #byHost = new Map<string, Entry[]>();
  /** For what no binding takes. */
  readonly #unbound: ChosenSite | null;
  readonly #anyPort: ReadonlySet<string>;

  constructor(sites: readonly Site[], listeners: readonly ListenerConfig[]) {
    const entries = sites.flatMap((site) => site.config.bindings.map((binding): Entry => ({ site, binding })));
    for (const entry of entries.toSorted((a, b) => Number(isAny(a.binding)) - Number(isAny(b.binding)))) {
      const known = this.#byHost.get(entry.binding.host);
      if (known === undefined) this.#byHost.set(entry.binding.host, [entry]);
      else known.push(entry);
    }
    const unbound = sites.find((site) => site.config.bindings.length === 0);
    this.#unbound = unbound === undefined ? null : { site: unbound, binding: null };
    this.#anyPort = new Set(listeners.filter(({ anyPort }) => anyPort).map(({ name }) => name));
  }

  /** @param host as the client called us, without its port, lower-case */
  choose(host: string, connection: ClientConnectionInfo): ChosenSite | null {
    return (
      this.#among(host, connection) ??
      this.#amongWildcards(host, connection) ??
      this.#among('', connection) ??
      this.#unbound
    );
  }

  /** Whether ports and addresses of bindings do not count on the listener of `connection`. */
  takesAnyPort({ listener }: ClientConnectionInfo): boolean {
    return this.#anyPort.has(listener);
  }

  #amongWildcards(host: string, connection: ClientConnectionInfo): ChosenSite | null {
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      const chosen = this.#among(`*${host.slice(dot)}`, connection);
      if (chosen !== null) return chosen;
    }
    return null;
  }

  #among(host: string, connection: ClientConnectionInfo): ChosenSite | null {
    const anyPort = this.takesAnyPort(connection);
    return this.#byHost.get(host)?.find(({ binding }) => takes(binding, connection, anyPort)) ?? null;
  }
}

function isAny({ address }: BindingConfig): boolean {
  return address === '*';
}

function takes(binding: BindingConfig, connection: ClientConnectionInfo, anyPort: boolean): boolean {
  if ((binding.protocol === 'https') !== connection.secure) return false;
  if (anyPort) return true;
  if (binding.port !== connection.localPort) return false;
  return isAny(binding) || binding.address === connection.localAddress;
}
