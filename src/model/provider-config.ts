// Rewrite providers as written (url-rewrite.md 15). The files of the built-in ones are read when the configuration is loaded: what
// crosses to workers is their content.
import type { ConfigPath } from './config.ts';

/** FileMapProvider: the value of a key. */
export interface FileMapProviderConfig {
  kind: 'fileMap';
  name: string;
  /** Absolute path of the file that was read. */
  file: string;
  ignoreCase: boolean;
  entries: [key: string, value: string][];
}

/** FileContainsProvider: whether a text contains a line of the file. */
export interface FileContainsProviderConfig {
  kind: 'fileContains';
  name: string;
  /** Absolute path of the file that was read. */
  file: string;
  ignoreCase: boolean;
  lines: string[];
}

/** Any other type: an extension of kind rewriteProvider has to bring it. */
export interface ExtensionProviderConfig {
  kind: 'extension';
  name: string;
  /** As written: a .NET type with its assembly, or the name of the extension. */
  type: string;
  settings: Record<string, string>;
  /** Where the provider stands in the configuration, for messages. */
  path: ConfigPath;
}

export type ProviderConfig = FileMapProviderConfig | FileContainsProviderConfig | ExtensionProviderConfig;

/** `My.Rules.DbProvider, My.Rules, Version=1.0` is `DbProvider`: the name that a type is known by here. */
export function shortTypeName(type: string): string {
  return type.split(',', 1)[0]!.trim().split('.').at(-1)!;
}
