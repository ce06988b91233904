// What is in force at one level of a site beside its rules: the sections of system.webServer that nearly every
// web.config carries. Effective values, inherited ones included; plain data. Names and defaults are those of IIS.

export interface LevelSettings {
  customHeaders: CustomHeaderConfig[];
  defaultDocument: DefaultDocumentConfig;
  staticContent: StaticContentConfig;
  httpRedirect: HttpRedirectConfig;
  httpErrors: HttpErrorsConfig;
  requestFiltering: RequestFilteringConfig;
  ipSecurity: IpSecurityConfig;
  access: AccessConfig;
  webSocket: { enabled: boolean };
}

/** Added to every response. */
export interface CustomHeaderConfig {
  name: string;
  /** One character for each byte. */
  value: string;
}

export interface DefaultDocumentConfig {
  enabled: boolean;
  /** In the order in which they are looked for. */
  files: string[];
}

export interface StaticContentConfig {
  /** Only the types of mimeMap count, not the built-in ones. */
  onlyOwnTypes: boolean;
  /** Where this level departs from the built-in table: lower-case extension with its dot → type, null for no type. */
  mimeMap: [extension: string, type: string | null][];
  clientCache: ClientCacheConfig;
}

export interface ClientCacheConfig {
  cacheControlMode: 'NoControl' | 'DisableCache' | 'UseMaxAge' | 'UseExpires';
  /** Whole seconds. */
  cacheControlMaxAge: number;
  /** As the Expires field has it. */
  httpExpires: string;
  cacheControlCustom: string;
  setEtag: boolean;
}

export interface HttpRedirectConfig {
  enabled: boolean;
  /** Path of the level that says so: what follows it is `$S`. */
  base: string;
  destination: string;
  exactDestination: boolean;
  childOnly: boolean;
  httpResponseStatus: 'Found' | 'Permanent' | 'Temporary' | 'PermRedirect';
  wildcards: { wildcard: string; destination: string }[];
}

export type ErrorResponseMode = 'File' | 'ExecuteURL' | 'Redirect';

export interface HttpErrorsConfig {
  /** Null where no level says it: then our details are shown where there is no page. */
  errorMode: 'DetailedLocalOnly' | 'Custom' | 'Detailed' | null;
  existingResponse: 'Auto' | 'Replace' | 'PassThrough';
  /** For what has no page of its own; null: none. */
  defaultPage: ErrorPageConfig | null;
  /** By status; of two for one status the first counts. */
  errors: (ErrorPageConfig & { statusCode: number; subStatusCode: number })[];
}

export interface ErrorPageConfig {
  responseMode: ErrorResponseMode;
  /** Of a File: below `folder`. Else a URL path, or an address. */
  path: string;
  /** Absolute: links may not lead out of it. '' where responseMode is not File. */
  folder: string;
  /** Below `folder`, with a folder for each language: `path` is below those. Null: there are none. */
  languageFolder: string | null;
}

/** What is refused; names and texts in lower case. */
export interface RequestFilteringConfig {
  allowDoubleEscaping: boolean;
  allowHighBitCharacters: boolean;
  maxAllowedContentLength: number;
  maxUrl: number;
  maxQueryString: number;
  headerLimits: [name: string, bytes: number][];
  hiddenSegments: string[];
  fileExtensions: AllowedAndDenied;
  verbs: AllowedAndDenied;
  denyUrlSequences: string[];
  denyQueryStringSequences: string[];
  alwaysAllowedUrls: string[];
}

export interface AllowedAndDenied {
  allowUnlisted: boolean;
  allowed: string[];
  denied: string[];
}

export interface IpSecurityConfig {
  allowUnlisted: boolean;
  denyAction: 'AbortRequest' | 'Unauthorized' | 'Forbidden' | 'NotFound';
  /** The first that holds the client decides. `range`: CIDR. */
  list: { range: string; allowed: boolean }[];
}

/** What of TLS a level asks of requests. */
export interface AccessConfig {
  sslFlags: SslFlag[];
}

export const sslFlags = ['None', 'Ssl', 'SslNegotiateCert', 'SslRequireCert', 'SslMapCert', 'Ssl128'] as const;
export type SslFlag = (typeof sslFlags)[number];

const HIDDEN = 'web.config bin app_code app_globalresources app_localresources app_webreferences app_data app_browsers';

/** Sources, projects, databases and configuration of .NET: the list that IIS installs. */
const DENIED =
  '.asa .asax .ascx .master .skin .browser .sitemap .config .cs .csproj .vb .vbproj .webinfo .licx .resx .resources .mdb .vjsproj .java .jsl .ldb .dsdgm .ssdgm .lsad .ssmap .cd .dsprototype .lsaprototype .sdm .sdmdocument .mdf .ldf .ad .dd .ldd .sd .adprototype .lddprototype .exclude .refresh .compiled .msgx .vsdisco .rules';

/** What IIS has where nothing is written. */
export const defaultLevelSettings: Readonly<LevelSettings> = {
  customHeaders: [],
  defaultDocument: {
    enabled: true,
    files: ['Default.htm', 'Default.asp', 'index.htm', 'index.html', 'iisstart.htm', 'default.aspx'],
  },
  staticContent: {
    onlyOwnTypes: false,
    mimeMap: [],
    clientCache: {
      cacheControlMode: 'NoControl',
      cacheControlMaxAge: 86_400,
      httpExpires: '',
      cacheControlCustom: '',
      setEtag: true,
    },
  },
  httpRedirect: {
    enabled: false,
    base: '/',
    destination: '',
    exactDestination: false,
    childOnly: false,
    httpResponseStatus: 'Found',
    wildcards: [],
  },
  httpErrors: { errorMode: null, existingResponse: 'Auto', defaultPage: null, errors: [] },
  requestFiltering: {
    allowDoubleEscaping: false,
    allowHighBitCharacters: true,
    maxAllowedContentLength: 30_000_000,
    maxUrl: 4096,
    maxQueryString: 2048,
    headerLimits: [],
    hiddenSegments: HIDDEN.split(' '),
    fileExtensions: { allowUnlisted: true, allowed: [], denied: DENIED.split(' ') },
    verbs: { allowUnlisted: true, allowed: [], denied: [] },
    denyUrlSequences: [],
    denyQueryStringSequences: [],
    alwaysAllowedUrls: [],
  },
  ipSecurity: { allowUnlisted: true, denyAction: 'Forbidden', list: [] },
  access: { sslFlags: [] },
  webSocket: { enabled: true },
};

/** Nothing is refused: where no site is, only what is written counts. */
export const noFiltering: Readonly<RequestFilteringConfig> = {
  ...defaultLevelSettings.requestFiltering,
  maxAllowedContentLength: Number.MAX_SAFE_INTEGER,
  maxUrl: Number.MAX_SAFE_INTEGER,
  maxQueryString: Number.MAX_SAFE_INTEGER,
  hiddenSegments: [],
  fileExtensions: { allowUnlisted: true, allowed: [], denied: [] },
};
