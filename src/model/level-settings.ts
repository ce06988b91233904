// What is in force at one level of a site beside its rules: the sections of system.webServer that nearly every
// web.config carries. Effective values, inherited ones included; plain data. Names and defaults are those of IIS.

export interface LevelSettings {
  defaultDocument: DefaultDocumentConfig;
  staticContent: StaticContentConfig;
}

export interface DefaultDocumentConfig {
  enabled: boolean;
  /** In the order in which they are looked for. */
  files: string[];
}

export interface StaticContentConfig {
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

/** What IIS has where nothing is written. */
export const defaultLevelSettings: Readonly<LevelSettings> = {
  defaultDocument: {
    enabled: true,
    files: ['Default.htm', 'Default.asp', 'index.htm', 'index.html', 'iisstart.htm', 'default.aspx'],
  },
  staticContent: {
    mimeMap: [],
    clientCache: {
      cacheControlMode: 'NoControl',
      cacheControlMaxAge: 86_400,
      httpExpires: '',
      cacheControlCustom: '',
      setEtag: true,
    },
  },
};
