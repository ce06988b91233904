// What a program may hand to createRouter beside the configuration (CONTRACT 7).
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';

export interface RouterOptions {
  /** Worker threads; 0: the data plane runs in the caller's thread. Wins over `workers` of the configuration. */
  workers?: number;
  /** Silent unless given. */
  logger?: Logger;
  clock?: Clock;
  /** Addresses that replace those of the listeners: one for all, or by scheme. */
  listen?: readonly string[];
  /** Whether a configuration without `admin` has an admin API on 127.0.0.1:9400 [false]. */
  adminDefault?: boolean;
  /** Where state goes when the configuration names no stateDirectory; null [default]: nothing is written. */
  stateDirectoryDefault?: string | null;
  /** Whether a changed configuration file is reloaded by itself; wins over `watch` of the configuration. */
  watch?: boolean;
  /** Windows and UNC paths of IIS files, and what they are on this machine. */
  pathMap?: Readonly<Record<string, string>>;
  /** Folder with the certificates of https bindings in IIS files, named as in the Central Certificate Store. */
  certificates?: string;
  /** PEM file with the authorities that sign for clients: https bindings in IIS files then ask for certificates. */
  clientAuthorities?: string;
  /** https bindings of IIS files need no certificate: they are not opened; 'silent': without a warning. */
  skipHttps?: boolean | 'silent';
  /** Addresses (file: URLs) of extension modules, beside those of the configuration. */
  extensions?: readonly URL[];
}

/** Where the configuration comes from: a YAML file, or an object of the same shape. */
export type ConfigInput = { readonly file: string } | Readonly<Record<string, unknown>>;

/** Nothing is said. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
