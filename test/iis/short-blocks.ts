// Blocks of a .case file that leave out what is always the same around a <rewrite> section (README.md).

/** Names of the short blocks; each gives the file that it stands for, and the folders that this file needs. */
export const SHORT_BLOCKS: ReadonlyMap<string, (rewrite: string) => { path: string; text: string; folders: string[] }> =
  new Map([
    ['<rewrite>', (rewrite) => ({ path: 'wwwroot/web.config', text: siteConfig(rewrite), folders: [] })],
    [
      'server <rewrite>',
      (rewrite) => ({ path: 'applicationHost.config', text: serverConfig(rewrite), folders: ['wwwroot/'] }),
    ],
  ]);

function siteConfig(rewrite: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <system.webServer>
    <rewrite>
${rewrite}
    </rewrite>
  </system.webServer>
</configuration>
`;
}

/** One site that answers every host by http and https, and the farm `shop`. */
function serverConfig(rewrite: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <system.applicationHost>
    <sites>
      <site name="Default Web Site" id="1">
        <application path="/">
          <virtualDirectory path="/" physicalPath="C:\\wwwroot" />
        </application>
        <bindings>
          <binding protocol="http" bindingInformation="*:80:" />
          <binding protocol="https" bindingInformation="*:443:" />
        </bindings>
      </site>
    </sites>
  </system.applicationHost>
  <system.webServer>
    <rewrite>
${rewrite}
    </rewrite>
  </system.webServer>
  <webFarms>
    <webFarm name="shop">
      <server address="10.0.0.1" />
    </webFarm>
  </webFarms>
</configuration>
`;
}
