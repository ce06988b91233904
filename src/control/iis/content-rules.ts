// The sections of system.webServer beside rewrite that nearly every web.config carries and that act here too.
import { sslFlags } from '../../model/level-settings.ts';
import {
  approximated,
  choice,
  type ElementRule,
  flag,
  LARGEST_UINT,
  passedOver,
  span,
  text,
  whole,
} from './element-rule.ts';

const YEARS = 86_400 * 3650;

const customHeaders: ElementRule = {
  collection: {
    items: { add: { attributes: { name: text({ required: true, nonEmpty: true }), value: text() } } },
    keys: ['name'],
    as: { form: 'list', key: 'list', bare: true },
  },
};

export const httpProtocol: ElementRule = {
  attributes: { allowKeepAlive: flag({ fate: { ...passedOver('connections are kept'), unless: 'true' } }) },
  parts: {
    customHeaders,
    redirectHeaders: { fate: passedOver('headers of redirects alone are not added; write them into customHeaders') },
  },
};

export const defaultDocument: ElementRule = {
  attributes: { enabled: flag() },
  parts: {
    files: {
      collection: {
        items: { add: { attributes: { value: text({ required: true, nonEmpty: true }) } } },
        keys: ['value'],
        as: { form: 'values' },
      },
    },
  },
};

export const directoryBrowse: ElementRule = {
  attributes: {
    enabled: flag({
      fate: { ...approximated('listings of folders are not made: 403.14 is answered'), unless: 'false' },
    }),
    showFlags: text({ fate: passedOver('listings of folders are not made') }),
  },
};

const footer = { fate: { ...passedOver('footers are not added to documents'), unless: 'false' } };

export const staticContent: ElementRule = {
  attributes: {
    defaultDocFooter: text(footer),
    isDocFooterFileName: flag(footer),
    enableDocFooter: flag(footer),
  },
  parts: {
    clientCache: {
      attributes: {
        cacheControlMode: choice(['NoControl', 'DisableCache', 'UseMaxAge', 'UseExpires']),
        cacheControlMaxAge: span(0, YEARS),
        httpExpires: text(),
        cacheControlCustom: text(),
        setEtag: flag(),
      },
    },
  },
  collection: {
    items: {
      mimeMap: {
        attributes: { fileExtension: text({ required: true, nonEmpty: true }), mimeType: text({ required: true }) },
      },
    },
    keys: ['fileExtension'],
    as: { form: 'pairs', value: 'mimeType', key: 'mimeMap' },
  },
};

export const httpRedirect: ElementRule = {
  attributes: {
    enabled: flag(),
    destination: text(),
    exactDestination: flag(),
    childOnly: flag(),
    httpResponseStatus: choice(['Found', 'Permanent', 'Temporary', 'PermRedirect']),
  },
  collection: {
    items: {
      add: { attributes: { wildcard: text({ required: true }), destination: text({ required: true }) } },
    },
    keys: ['wildcard'],
    as: { form: 'list', key: 'wildcards' },
  },
};

const LANGUAGE = 'Accept-Language chooses the folder; where it is not on this machine our own page is sent';

const responseMode = () => choice(['File', 'ExecuteURL', 'Redirect']);

export const httpErrors: ElementRule = {
  attributes: {
    errorMode: choice(['DetailedLocalOnly', 'Custom', 'Detailed']),
    existingResponse: choice(['Auto', 'Replace', 'PassThrough']),
    defaultPath: text(),
    defaultResponseMode: responseMode(),
    detailedMoreInformationLink: text({ fate: passedOver('our error pages link nowhere') }),
    allowAbsolutePathsWhenDelegated: flag({
      fate: passedOver('files outside the site are never sent by a web.config'),
    }),
  },
  collection: {
    items: {
      error: {
        attributes: {
          statusCode: { ...whole(400, 999), required: true },
          subStatusCode: whole(-1, 999),
          prefixLanguageFilePath: text({ fate: { ...approximated(LANGUAGE), unless: '' } }),
          path: text({ required: true }),
          responseMode: responseMode(),
        },
      },
    },
    keys: ['statusCode', 'subStatusCode'],
    keySeparator: '.',
    as: { form: 'list', key: 'errors' },
  },
};

const webdav = { fate: { ...passedOver('there is no WebDAV here'), unless: 'true' } };

/** A collection of single texts, such as hiddenSegments. */
function texts(key: string, ofWebdav = false): ElementRule {
  return {
    ...(ofWebdav ? { attributes: { applyToWebDAV: flag(webdav) } } : {}),
    collection: {
      items: { add: { attributes: { [key]: text({ required: true, nonEmpty: true }) } } },
      keys: [key],
      as: { form: 'values' },
    },
  };
}

/** fileExtensions and verbs: whether an item is allowed or denied stands on it. */
function allowedOrDenied(key: string): ElementRule {
  return {
    attributes: { allowUnlisted: flag(), applyToWebDAV: flag(webdav) },
    collection: {
      items: { add: { attributes: { [key]: text({ required: true, nonEmpty: true }), allowed: flag() } } },
      keys: [key],
      as: { form: 'own' },
    },
  };
}

const requestLimits: ElementRule = {
  attributes: {
    maxAllowedContentLength: whole(0, LARGEST_UINT),
    maxUrl: whole(0, LARGEST_UINT),
    maxQueryString: whole(0, LARGEST_UINT),
  },
  parts: {
    headerLimits: {
      collection: {
        items: {
          add: {
            attributes: {
              header: text({ required: true, nonEmpty: true }),
              sizeLimit: { ...whole(0, LARGEST_UINT), required: true },
            },
          },
        },
        keys: ['header'],
        as: { form: 'pairs', value: 'sizeLimit' },
      },
    },
  },
};

export const requestFiltering: ElementRule = {
  attributes: {
    allowDoubleEscaping: flag(),
    allowHighBitCharacters: flag(),
    unescapeQueryString: flag({ fate: { ...passedOver('queries are looked at decoded once'), unless: 'true' } }),
    removeServerHeader: flag({ fate: { ...passedOver('see passServerHeader of the farms'), unless: 'false' } }),
  },
  parts: {
    fileExtensions: allowedOrDenied('fileExtension'),
    verbs: allowedOrDenied('verb'),
    hiddenSegments: texts('segment', true),
    denyUrlSequences: texts('sequence'),
    requestLimits,
    alwaysAllowedUrls: texts('url'),
    denyQueryStringSequences: texts('sequence'),
    alwaysAllowedQueryStrings: { fate: passedOver('write a rule that ends processing for them') },
    filteringRules: { fate: passedOver('write rewrite rules with a CustomResponse action') },
  },
};

export const ipSecurity: ElementRule = {
  attributes: {
    allowUnlisted: flag(),
    denyAction: choice(['AbortRequest', 'Unauthorized', 'Forbidden', 'NotFound']),
    enableReverseDns: flag({ fate: { ...passedOver('names of clients are not looked up'), unless: 'false' } }),
    enableProxyMode: flag({
      fate: { ...passedOver('trustedProxies says whose X-Forwarded-For is believed'), unless: 'false' },
    }),
  },
  collection: {
    items: {
      add: {
        attributes: {
          ipAddress: text(),
          subnetMask: text(),
          domainName: text({ fate: { ...passedOver('names of clients are not looked up'), unless: '' } }),
          allowed: flag(),
        },
      },
    },
    keys: ['ipAddress', 'subnetMask'],
    keySeparator: '/',
    as: { form: 'flatList', key: 'list' },
  },
};

export const access: ElementRule = {
  attributes: { sslFlags: { value: { kind: 'words', words: sslFlags } } },
};

export const webSocket: ElementRule = {
  attributes: {
    enabled: flag(),
    receiveBufferLimit: whole(4096, 2_147_483_647, { fate: passedOver('frames pass through as they are') }),
    pingInterval: span(0, 86_400, { fate: { ...passedOver('no pings are sent'), unless: '00:00:00' } }),
  },
};
