// Rewrite maps and providers as written → what expressions ask. Each is made once, however many levels inherit it.
import type { RewriteMapConfig } from '../../model/config.ts';
import type { RewriteProvider } from '../../model/extensions.ts';
import type { ExtensionProviderConfig, ProviderConfig } from '../../model/provider-config.ts';
import { ContainedLine } from './contained-line.ts';
import type { Lookup } from './lookup.ts';
import { Provider } from './provider.ts';
import { RewriteMap } from './rewrite-map.ts';

/** Makes what an extension brings; null where none does, which is told then. */
export type CreateProvider = (config: ExtensionProviderConfig) => RewriteProvider | null;

/** Stands in for a provider that cannot be: the rules that ask it are not at fault. */
const NOTHING: RewriteProvider = { rewrite: () => '' };

export class Lookups {
  readonly #create: CreateProvider;
  readonly #made = new Map<RewriteMapConfig | ProviderConfig, Lookup>();

  constructor(create: CreateProvider) {
    this.#create = create;
  }

  /** By lower-case name; a map comes before a provider of its name. */
  of(maps: readonly RewriteMapConfig[], providers: readonly ProviderConfig[]): ReadonlyMap<string, Lookup> {
    return new Map([...providers, ...maps].map((config) => [config.name.toLowerCase(), this.#lookup(config)]));
  }

  #lookup(config: RewriteMapConfig | ProviderConfig): Lookup {
    let lookup = this.#made.get(config);
    if (lookup === undefined) {
      lookup = this.#make(config);
      this.#made.set(config, lookup);
    }
    return lookup;
  }

  #make(config: RewriteMapConfig | ProviderConfig): Lookup {
    if (!('kind' in config)) return new RewriteMap(config);
    switch (config.kind) {
      case 'fileMap':
        return new RewriteMap({ ...config, defaultValue: '' });
      case 'fileContains':
        return new Provider(config.name, new ContainedLine(config));
      case 'extension':
        return new Provider(config.name, this.#create(config) ?? NOTHING);
    }
  }
}
