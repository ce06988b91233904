// system.applicationHost/sites, as the schema of IIS has it.
import {
  approximated,
  choice,
  type ElementRule,
  type Fate,
  flag,
  LARGEST_UINT,
  passedOver,
  text,
  whole,
} from './element-rule.ts';

const NOT_NEEDED: Fate = { verdict: 'exact', note: 'not needed here: there are no worker processes of IIS' };

const processes = (names: readonly string[]) =>
  Object.fromEntries(names.map((each) => [each, text({ fate: NOT_NEEDED })]));

const signedIn: Fate = passedOver('files are read with the rights of the router');

const subDirConfig = flag({
  fate: { ...passedOver('web.config files of folders below apply all the same'), unless: 'true', warns: true },
});

const virtualDirectory: ElementRule = {
  attributes: {
    path: text({ required: true, nonEmpty: true }),
    physicalPath: text({ required: true, nonEmpty: true }),
    userName: text({ fate: { ...signedIn, unless: '' } }),
    password: text({ fate: { ...signedIn, unless: '' } }),
    logonMethod: text({ fate: signedIn }),
    allowSubDirConfig: subDirConfig,
  },
};

const virtualDirectoryDefaults: ElementRule = {
  attributes: {
    allowSubDirConfig: subDirConfig,
    userName: text({ fate: { ...signedIn, unless: '' } }),
    password: text({ fate: { ...signedIn, unless: '' } }),
    logonMethod: text({ fate: signedIn }),
    path: text({ fate: passedOver('write it on each virtual directory') }),
    physicalPath: text({ fate: passedOver('write it on each virtual directory') }),
  },
};

const application: ElementRule = {
  attributes: {
    path: text({ required: true, nonEmpty: true }),
    ...processes(['applicationPool', 'serviceAutoStartProvider', 'serviceAutoStartEnabled', 'preloadEnabled']),
    ...processes(['serviceAutoStartMode', 'enabledProtocols']),
  },
  parts: { virtualDirectoryDefaults },
  collection: { items: { virtualDirectory }, keys: ['path'], as: { form: 'own' } },
};

const CERTIFICATE = 'the certificate is in the store of Windows: export it and give --certificates';

const binding: ElementRule = {
  attributes: {
    protocol: text({ required: true, nonEmpty: true }),
    bindingInformation: text({ required: true }),
    sslFlags: whole(0, LARGEST_UINT, {
      fate: { ...approximated('certificates are always chosen by the name that the client asks for'), unless: '0' },
    }),
    certificateHash: text({ fate: passedOver(CERTIFICATE) }),
    certificateStoreName: text({ fate: passedOver(CERTIFICATE) }),
  },
};

const PERIODS = ['Hourly', 'Daily', 'Weekly', 'Monthly', 'MaxSize'];

/** How it is written: see write-access-log.ts. */
const logFile: ElementRule = {
  attributes: {
    enabled: flag(),
    logFormat: choice(['W3C', 'IIS', 'NCSA', 'Custom'], {
      fate: { ...approximated('the log is written in the W3C format'), unless: 'W3C' },
    }),
    directory: text({ fate: approximated('one log for all sites, in a folder of each') }),
    period: choice(PERIODS, { fate: { ...approximated('the log rolls over daily'), unless: 'Daily' } }),
    logExtFileFlags: text(),
    localTimeRollover: flag({ fate: { ...passedOver('the log rolls over by UTC'), unless: 'false' } }),
    truncateSize: text({ fate: passedOver('the log rolls over by time, not by size') }),
    logTargetW3C: text({ fate: { ...passedOver('the log is a file'), unless: 'File' } }),
    customLogPluginClsid: text({ fate: passedOver('the log is written in the W3C format') }),
    flushByEntryCountW3CLog: text({ fate: passedOver('the log is written as it fills, at least each 200 ms') }),
    logSiteId: flag({ fate: passedOver('the id is in the name of the folder') }),
    maxLogLineLength: text({ fate: passedOver('lines are as long as they are') }),
  },
  parts: { customFields: { fate: passedOver('write accessLog.fields') } },
};

const site: ElementRule = {
  attributes: {
    name: text({ required: true, nonEmpty: true }),
    id: whole(1, LARGEST_UINT),
    serverAutoStart: flag(),
  },
  parts: {
    bindings: {
      collection: {
        items: { binding },
        keys: ['protocol', 'bindingInformation'],
        as: { form: 'own' },
      },
    },
    limits: { fate: passedOver('see limits') },
    logFile,
    traceFailedRequestsLogging: { fate: passedOver('narrows explain says what happens to a request') },
    hsts: { fate: passedOver('write tls.hsts of a listener') },
    applicationDefaults: { fate: NOT_NEEDED },
    virtualDirectoryDefaults,
    ftpServer: { fate: passedOver('there is no FTP here') },
  },
  collection: { items: { application }, keys: ['path'], as: { form: 'own' } },
};

export const sites: ElementRule = {
  parts: {
    siteDefaults: {
      attributes: { serverAutoStart: flag({ fate: { ...passedOver('write it on each site'), unless: 'true' } }) },
      parts: {
        logFile,
        limits: { fate: passedOver('see limits') },
        bindings: { fate: passedOver('write them on each site') },
        traceFailedRequestsLogging: { fate: passedOver('narrows explain says what happens to a request') },
        ftpServer: { fate: passedOver('there is no FTP here') },
        hsts: { fate: passedOver('write tls.hsts of a listener') },
      },
    },
    applicationDefaults: { fate: NOT_NEEDED },
    virtualDirectoryDefaults,
  },
  collection: { items: { site }, keys: ['name'], as: { form: 'own' } },
};
