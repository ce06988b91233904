// Which section of system.webServer is what: those that act here by their tables, the others with what to do instead.
import * as content from './content-rules.ts';
import type { ElementRule } from './element-rule.ts';
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
  webSocket: any('webSocket', content.webSocket),
};

/** Groups that hold sections. */
export const sectionGroups: ReadonlySet<string> = new Set(['rewrite', 'security']);

const MODULES = 'modules of IIS are not loaded here';
const PROGRAMS = 'programs are not run here: send their requests to a server that runs them, by a rule';
const SIGN_IN = 'clients do not sign in here: let the servers ask for it';
const LOGS = 'write accessLog';
const COMPRESSION = 'files are compressed beforehand (index.html.gz); responses of servers pass as they are';

/** Sections that are passed over, by path below system.webServer, with what is so instead. */
export const otherSections: Readonly<Record<string, string>> = {
  asp: PROGRAMS,
  aspNetCore: PROGRAMS,
  cgi: PROGRAMS,
  fastCgi: PROGRAMS,
  handlers: PROGRAMS,
  httpPlatform: PROGRAMS,
  iisnode: PROGRAMS,
  isapiFilters: MODULES,
  globalModules: MODULES,
  modules: MODULES,
  validation: MODULES,
  management: MODULES,
  serverSideInclude: PROGRAMS,
  applicationInitialization: PROGRAMS,
  cors: 'write customHeaders, and rules for OPTIONS',
  caching: 'nothing is cached yet',
  diskCache: 'nothing is cached yet',
  externalCache: 'nothing is cached yet',
  httpCompression: COMPRESSION,
  urlCompression: COMPRESSION,
  httpLogging: LOGS,
  odbcLogging: LOGS,
  httpTracing: 'narrows explain says what happens to a request',
  tracing: 'narrows explain says what happens to a request',
  serverRuntime: 'see limits',
  webdav: 'there is no WebDAV here',
  'security/access': 'listeners with tls, and rules that redirect to https, do what sslFlags did',
  'security/applicationDependencies': MODULES,
  'security/authentication': SIGN_IN,
  'security/authorization': SIGN_IN,
  'security/dynamicIpSecurity': 'clients are not slowed by their number of requests; see limits',
  'security/isapiCgiRestriction': PROGRAMS,
};

/** Sections of the configuration element that are passed over; any that is not known is too. */
export const otherRootSections: Readonly<Record<string, string>> = {
  configSections: 'the sections are known here',
  configProtectedData: 'nothing is decrypted here: encrypted values are reported',
  'system.ftpServer': 'there is no FTP here',
  'system.web': 'it belongs to ASP.NET, which a server behind the router runs',
  'system.serviceModel': 'it belongs to .NET, which a server behind the router runs',
  appSettings: 'it belongs to .NET, which a server behind the router runs',
  connectionStrings: 'it belongs to .NET, which a server behind the router runs',
  runtime: 'it belongs to .NET, which a server behind the router runs',
  'system.codedom': 'it belongs to .NET, which a server behind the router runs',
};
