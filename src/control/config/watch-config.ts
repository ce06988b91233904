// Notices that a file of the configuration changed, and says so once its bytes have come to rest: an editor or a copy
// may still be writing, and half a YAML file can be valid (DESIGN 5).
import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from '../../base/clock.ts';
import { FileDigests } from './file-digests.ts';
import { isWebConfig, siteFolders, webConfigsBelow } from './new-folders.ts';

/** How long after a notice of the system the files are looked at, in ms: further ones until then bring no other look. */
const LOOK = 100;
/** A look that takes long is not repeated before so many times as long: who writes in a loop holds nobody up. */
const PAUSE = 10;
/** How long the bytes must stay the same, in ms (CONTRACT 2). */
const REST = 300;

/** Folders that come to sites between two reloads are watched up to so many; what comes in more of them counts with the next reload. */
const MOST_NEW = 500;

export interface WatchOptions {
  clock?: Clock;
  /** The files hold something else than at the last call, or at the start, and have been at rest. */
  onChange(): void;
}

export interface ConfigWatcher {
  /** A mark of what the watched files hold now: to be taken before they are read. */
  mark(): string;
  /**
   * Watches these files from now on. @param read the mark taken before they were read: where the files are the same ones
   * and have changed since, that is a change; else what they hold now is what was read
   */
  setFiles(files: readonly string[], read?: string): void;
  close(): void;
}

/**
 * Watches `files` (absolute paths). Their folders are watched rather than they: editors and deployments replace a file
 * by renaming another over it, and a watch on the file would stay with the old one.
 */
export function watchConfig(files: readonly string[], { clock = systemClock, onChange }: WatchOptions): ConfigWatcher {
  const watcher = new FolderWatcher(clock, onChange);
  watcher.setFiles(files);
  return watcher;
}

class FolderWatcher implements ConfigWatcher {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #digests: FileDigests;
  readonly #folders = new Map<string, FSWatcher>();
  #files: readonly string[] = [];
  /** The same, to be asked. */
  #watched = new Set<string>();
  /** Most files of #files, with those in new folders. */
  #room = 0;
  /** Folders of sites: what is new in them may be or bring a web.config. */
  #ofSites = new Set<string>();
  /** Digest of what was last reported, or read at the start. */
  #known = '';
  /** Digest at the last look, while waiting for rest. */
  #seen = '';
  #cancel: (() => void) | null = null;
  /** Calls off the look that is due. */
  #cancelLook: (() => void) | null = null;
  /** How long the last look took, in ms. */
  #took = 0;
  /** What came to folders of sites since the last look. */
  readonly #arrived = new Set<string>();

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#digests = new FileDigests(clock);
    this.#onChange = onChange;
  }

  mark(): string {
    return this.#digests.of(this.#files);
  }

  setFiles(files: readonly string[], read?: string): void {
    const areSame = files.length === this.#files.length && files.every((file, at) => file === this.#files[at]);
    this.#files = [];
    this.#watched = new Set();
    this.#addFiles(files);
    this.#room = files.length + MOST_NEW;
    this.#ofSites = siteFolders(files);
    const wanted = new Set(files.flatMap((file) => (isFolder(file) ? [file, dirname(file)] : [dirname(file)])));
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) if (!this.#folders.has(folder)) this.#watch(folder);
    this.#known = (areSame ? read : undefined) ?? this.#digests.of(this.#files);
    this.#stopWaiting();
    this.#look();
  }

  #addFiles(files: readonly string[]): void {
    for (const file of files) this.#watched.add(file);
    this.#files = [...this.#watched];
  }

  close(): void {
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
    this.#cancelLook?.();
    this.#cancelLook = null;
    this.#stopWaiting();
  }

  #watch(folder: string): void {
    const watcher = watch(folder, { persistent: false }, (event, name) => {
      // `..data` is the symbolic link that Kubernetes swaps to replace all files at once.
      if (name === null || name === '..data' || this.#concerns(folder, name)) this.#lookSoon();
      else if (event === 'rename' && this.#ofSites.has(folder)) this.#arrives(join(folder, name));
    });
    // The folder was removed: what is known stays, and a reload by hand still works.
    watcher.on('error', () => {
      watcher.close();
      this.#folders.delete(folder);
    });
    this.#folders.set(folder, watcher);
  }

  #concerns(folder: string, name: string): boolean {
    return this.#watched.has(join(folder, name)) || this.#watched.has(folder);
  }

  #arrives(path: string): void {
    if (this.#arrived.size >= MOST_NEW) return;
    this.#arrived.add(path);
    this.#lookSoon();
  }

  /** Something is new in a folder of a site. A folder without a web.config is watched from now on, and no change. */
  #adopt(path: string): void {
    const added = isWebConfig(path) ? [path] : webConfigsBelow(path);
    if (added.length === 0 || this.#files.length + added.length > this.#room) return;
    this.#addFiles(added);
    for (const folder of siteFolders(added)) this.#ofSites.add(folder);
    try {
      for (const folder of siteFolders(added)) {
        this.#folders.get(folder)?.close(); // of a folder that was removed and has come again
        this.#watch(folder);
      }
    } catch {
      // Gone again, or there are no watches left: it counts with the next reload.
    }
  }

  /** However many notices come, there is one look for them. */
  #lookSoon(): void {
    this.#cancelLook ??= this.#clock.after(Math.max(LOOK, PAUSE * this.#took), () => {
      this.#cancelLook = null;
      const before = this.#clock.monotonic();
      const arrived = [...this.#arrived];
      this.#arrived.clear();
      for (const path of arrived) if (this.#ofSites.has(dirname(path))) this.#adopt(path);
      this.#look();
      this.#took = this.#clock.monotonic() - before;
    });
  }

  /** Something happened: the time of rest begins, and begins again at each change of the bytes. */
  #look(): void {
    const now = this.#digests.of(this.#files);
    if (this.#cancel && now === this.#seen) return;
    this.#stopWaiting();
    if (now === this.#known) return;
    this.#seen = now;
    this.#cancel = this.#clock.after(REST, () => this.#rested());
  }

  #rested(): void {
    this.#cancel = null;
    const now = this.#digests.of(this.#files);
    if (now !== this.#seen) {
      this.#look();
      return;
    }
    this.#known = now;
    this.#onChange();
  }

  #stopWaiting(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}

/** A folder that is read whole, such as one of certificates. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
