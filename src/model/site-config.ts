// Sites as written, after composition: each level holds what is in force there, inherited settings included
// (url-rewrite.md 1). Plain data, as all of the configuration.
import type { RewriteMapConfig, RuleSetConfig } from './config.ts';
import type { LevelSettings } from './level-settings.ts';
import type { OutboundRulesConfig } from './outbound-config.ts';
import type { ProviderConfig } from './provider-config.ts';

export interface SiteConfig {
  name: string;
  /** INSTANCE_ID; unique. */
  id: number;
  /** None: requests that no binding of another site takes. */
  bindings: BindingConfig[];
  /** Absolute path of the folder with the site's files; null: it has none. */
  root: string | null;
  /** Letter case does not count in names of files, as on Windows. */
  ignoreCase: boolean;
  /** URL paths of applications, `/` among them; no slash at the end. */
  applications: string[];
  /** Folders that stand elsewhere than their URL path says; the longest path first. */
  virtualDirectories: VirtualDirectoryConfig[];
  /** Folders that answer 500.19 with all that is below them, because their web.config has a fault. */
  brokenFolders: BrokenFolderConfig[];
  /** Of every URL path that something is written for, and of applications; the first is that of `/`. */
  levels: LevelConfig[];
}

/** `IP:PORT:HOST` (url-rewrite.md has no word on it; IIS's own `bindingInformation`). */
export interface BindingConfig {
  protocol: 'http' | 'https';
  /** `*` is every address. */
  address: string;
  port: number;
  /** Lower-case; '' is every name, `*.example.com` all names below one. */
  host: string;
}

export interface VirtualDirectoryConfig {
  /** With a slash at the start and none at the end. */
  path: string;
  /** Absolute. */
  folder: string;
}

export interface BrokenFolderConfig {
  /** `/`, or with a slash at the start and none at the end. */
  path: string;
  /** False where its web.config, and those below, surely have no rules. */
  mayHaveRules: boolean;
  /** The same for ipSecurity and requestFiltering. */
  mayGuard: boolean;
}

/** What is in force for URLs at and below `path`, unless a longer path says otherwise. */
export interface LevelConfig {
  /** `/`, or with a slash at the start and none at the end. */
  path: string;
  /** Distributed rules: inherited ones first (url-rewrite.md 2). */
  rules: RuleSetConfig;
  rewriteMaps: RewriteMapConfig[];
  providers: ProviderConfig[];
  outboundRules: OutboundRulesConfig;
  /** Upper-case: what rules here may set (url-rewrite.md 9). */
  allowedServerVariables: string[];
  /** Beside its rules. */
  settings: LevelSettings;
}
