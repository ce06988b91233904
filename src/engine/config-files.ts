// The files of the running configuration, watched where the configuration or the caller wants that (CONTRACT 2, Reload).
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { type ConfigWatcher, watchConfig } from '../control/config/watch-config.ts';
import type { CheckedConfig } from './load-checked.ts';

export interface ConfigFilesServices {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The caller's wish; absent: `watch` of the configuration decides. */
  readonly watch: boolean | undefined;
  /** A file has changed and is at rest. */
  onChange(): void;
}

export class ConfigFiles {
  readonly #services: ConfigFilesServices;
  #watcher: ConfigWatcher | null = null;

  constructor(services: ConfigFilesServices) {
    this.#services = services;
  }

  /** To be taken before the files are read, and handed to follow(): what changes meanwhile is not missed. */
  mark(): string | undefined {
    return this.#watcher?.mark();
  }

  /** Follows the files of `checked` from now on. */
  follow({ config, files }: CheckedConfig, mark?: string): void {
    const wanted = (this.#services.watch ?? config.watch) && files.length > 0;
    try {
      if (!wanted) this.close();
      else if (this.#watcher !== null) this.#watcher.setFiles(files, mark);
      else this.#watcher = watchConfig(files, this.#services);
    } catch (error) {
      // Such as: no inotify watches left. A reload by hand still works.
      this.close();
      this.#services.logger.warn(
        { event: 'files-not-watched', error },
        `changes of the configuration will not be noticed: ${(error as Error).message}`,
      );
    }
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }
}
