// Which section of system.webServer is what: those that act here by their tables, the others with what to do instead.
import * as content from './content-rules.ts';
import { type ElementRule, type Fate, passedOver } from './element-rule.ts';
import { proxySection } from './farm-rules.ts';
import { rewriteSections } from './rewrite-rules.ts';

/** Where a section may stand (url-rewrite.md 1). */
type SectionLevel = 'any' | 'server';

export interface KnownSection {
  rule: ElementRule;
  /** Its key in our configuration. */
  key: string;
  level: SectionLevel;
}

const any = (key: string, rule: ElementRule): KnownSection => ({ rule, key, level: 'any' });

/** By path below system.webServer. */
export const knownSections: Readonly<Record<string, KnownSection>> = {
  'rewrite/globalRules': { rule: rewriteSections.globalRules, key: 'rules', level: 'server' },
  'rewrite/rules': any('rules', rewriteSections.rules),
  'rewrite/outboundRules': any('outboundRules', rewriteSections.outboundRules),
  'rewrite/rewriteMaps': any('rewriteMaps', rewriteSections.rewriteMaps),
  'rewrite/providers': any('providers', rewriteSections.providers),
  'rewrite/allowedServerVariables': any('allowedServerVariables', rewriteSections.allowedServerVariables),
  proxy: { rule: proxySection, key: 'proxy', level: 'server' },
  httpProtocol: any('httpProtocol', content.httpProtocol),
  defaultDocument: any('defaultDocument', content.defaultDocument),
  directoryBrowse: any('directoryBrowse', content.directoryBrowse),
  staticContent: any('staticContent', content.staticContent),
  httpRedirect: any('httpRedirect', content.httpRedirect),
  httpErrors: any('httpErrors', content.httpErrors),
  'security/requestFiltering': any('requestFiltering', content.requestFiltering),
  'security/ipSecurity': any('ipSecurity', content.ipSecurity),
  'security/access': any('access', content.access),
  webSocket: any('webSocket', content.webSocket),
};

/** Groups that hold sections. */
export const sectionGroups: ReadonlySet<string> = new Set(['rewrite', 'security']);

/** It changes nothing that a client could see. */
const notNeeded = (note: string): Fate => ({ verdict: 'exact', note: `not needed here: ${note}` });

const MODULES = notNeeded('modules of IIS are not loaded');
const TRACING = notNeeded('narrows explain says what happens to a request');
const PROGRAMS = passedOver(
  'programs are not run here, and files that handlers give to them are not sent: send their requests to a server that runs them, by a rule',
);
const SIGN_IN = passedOver('clients do not sign in here: let the servers ask for it');
const LOGS = passedOver('write accessLog');
const COMPRESSION = passedOver(
  'files are compressed beforehand (index.html.gz); responses of servers pass as they are',
);
const NO_CACHE = notNeeded('nothing is cached yet');
const NET = notNeeded('it belongs to .NET, which a server behind the router runs');

/** Sections that are passed over, by path below system.webServer, with what is so instead. */
export const otherSections: Readonly<Record<string, Fate>> = {
  asp: PROGRAMS,
  aspNetCore: PROGRAMS,
  cgi: PROGRAMS,
  fastCgi: PROGRAMS,
  handlers: PROGRAMS,
  httpPlatform: PROGRAMS,
  iisnode: PROGRAMS,
  isapiFilters: PROGRAMS,
  globalModules: MODULES,
  modules: MODULES,
  validation: MODULES,
  management: MODULES,
  serverSideInclude: PROGRAMS,
  applicationInitialization: notNeeded('programs are not run'),
  cors: passedOver('write customHeaders, and rules for OPTIONS'),
  caching: NO_CACHE,
  diskCache: NO_CACHE,
  externalCache: passedOver('each router keeps its own host mappings, over restarts in stateDirectory'),
  httpCompression: COMPRESSION,
  urlCompression: COMPRESSION,
  httpLogging: LOGS,
  odbcLogging: LOGS,
  httpTracing: TRACING,
  tracing: TRACING,
  serverRuntime: passedOver('see limits'),
  webdav: passedOver('there is no WebDAV here'),
  'security/applicationDependencies': MODULES,
  'security/authentication': SIGN_IN,
  'security/authorization': SIGN_IN,
  'security/dynamicIpSecurity': passedOver('clients are not slowed by their number of requests; see limits'),
  'security/isapiCgiRestriction': notNeeded('programs are not run'),
};

/** Sections of the configuration element that are passed over; any that is not known is too. */
export const otherRootSections: Readonly<Record<string, Fate>> = {
  configSections: notNeeded('the sections are known'),
  configProtectedData: notNeeded('nothing is decrypted; encrypted values are reported'),
  'system.ftpServer': passedOver('there is no FTP here'),
  'system.web': NET,
  'system.serviceModel': NET,
  'system.codedom': NET,
  'system.data': NET,
  'system.diagnostics': NET,
  'system.net': NET,
  appSettings: NET,
  connectionStrings: NET,
  entityFramework: NET,
  runtime: NET,
};
