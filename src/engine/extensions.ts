// Extensions at work: what they create for one configuration, each behind a guard, so that a fault of theirs is the
// fault of one request and never of a worker.
import type { Config, ConfigProblem } from '../model/config.ts';
import type {
  ExtensionServices,
  LoadBalancingPolicy,
  OutcomeSink,
  RewriteProvider,
  Stage,
} from '../model/extensions.ts';
import type { FarmConfig } from '../model/farm-config.ts';
import { type ExtensionProviderConfig, shortTypeName } from '../model/provider-config.ts';
import { guardBalancer, guardSink, guardStage, type OnFault } from './guard-extension.ts';
import { type LoadedExtension, reasonOf } from './load-extensions.ts';

export class Extensions {
  readonly #list: readonly LoadedExtension[];
  readonly #services: ExtensionServices;
  readonly #onFault: OnFault;

  /** @param onFault hears what a stage or a sink throws where no request can fail any more */
  constructor(list: readonly LoadedExtension[], services: ExtensionServices, onFault: OnFault) {
    this.#list = list;
    this.#services = services;
    this.#onFault = onFault;
  }

  /** Names that loadBalancing.algorithm may have beside ours. */
  get algorithms(): string[] {
    return this.#list.flatMap(({ extension }) => (extension.kind === 'loadBalancing' ? extension.name : []));
  }

  /** Whether any of them may choose a farm. */
  get haveStages(): boolean {
    return this.#list.some(({ extension }) => extension.kind === 'stage');
  }

  /** The stages for `config`, in the order of the list. @param problems gets what cannot be created */
  stages(config: Config, problems: ConfigProblem[]): Stage[] {
    return this.#list.flatMap((loaded) => {
      const { extension } = loaded;
      if (extension.kind !== 'stage') return [];
      const stage = attempt(loaded, problems, () => extension.create(config, this.#services));
      return stage === null ? [] : guardStage(extension.name, stage, this.#onFault);
    });
  }

  /** The sinks for `config`, in the order of the list. @param problems gets what cannot be created */
  sinks(config: Config, problems: ConfigProblem[]): OutcomeSink[] {
    return this.#list.flatMap((loaded) => {
      const { extension } = loaded;
      if (extension.kind !== 'outcomeSink') return [];
      const sink = attempt(loaded, problems, () => extension.create(config, this.#services), 'record');
      return sink === null ? [] : guardSink(extension.name, sink, this.#onFault);
    });
  }

  /** The policy that `farm` names, null where it names none of these. @param problems gets what cannot be created */
  balancer(farm: FarmConfig, problems: ConfigProblem[]): LoadBalancingPolicy | null {
    const name = farm.loadBalancing.algorithm.toLowerCase();
    for (const loaded of this.#list) {
      const { extension } = loaded;
      if (extension.kind !== 'loadBalancing' || extension.name.toLowerCase() !== name) continue;
      const policy = attempt(loaded, problems, () => extension.create(farm, this.#services), 'pick');
      return policy === null ? null : guardBalancer(extension.name, policy);
    }
    return null;
  }

  /** The provider of the type that `config` names. @param problems gets what cannot be created, and a type that is not known */
  provider(config: ExtensionProviderConfig, problems: ConfigProblem[]): RewriteProvider | null {
    const names = [config.type.split(',', 1)[0]!.trim(), shortTypeName(config.type)].map((name) => name.toLowerCase());
    for (const loaded of this.#list) {
      const { extension } = loaded;
      if (extension.kind !== 'rewriteProvider' || !names.includes(extension.name.toLowerCase())) continue;
      return attempt(loaded, problems, () => extension.create(config.settings, this.#services), 'rewrite');
    }
    const name = shortTypeName(config.type);
    problems.push({
      path: [...config.path, 'type'],
      severity: 'error',
      message: `provider "${config.name}": nothing here serves the type ${name}`,
      suggestion: `an extension of kind rewriteProvider with the name ${name} would: docs/library.md`,
    });
    return null;
  }
}

/** What `create` makes, with its `verb`; null, with a problem, where it throws or makes something else. */
function attempt<T extends object>(
  { extension, path }: LoadedExtension,
  problems: ConfigProblem[],
  create: () => T,
  verb?: keyof T & string,
): T | null {
  const refuse = (reason: string): null => {
    problems.push({ path, severity: 'error', message: `extension ${extension.name}: ${reason}` });
    return null;
  };
  try {
    const made = create();
    if (typeof made !== 'object' || made === null) return refuse('create() returned no object');
    if (verb !== undefined && typeof made[verb] !== 'function') return refuse(`what it creates has no ${verb}()`);
    return made;
  } catch (error) {
    return refuse(`create() failed: ${reasonOf(error)}`);
  }
}
