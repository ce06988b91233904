// The files of a server with IIS: an applicationHost.config with farms, rules of all kinds and two sites, and the
// web.config files in their folders.
export const WHOLE_SERVER: Readonly<Record<string, string>> = {
  'applicationHost.config': `<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <system.applicationHost>
    <sites>
      <site name="Default Web Site" id="1" serverAutoStart="true">
        <application path="/" applicationPool="DefaultAppPool">
          <virtualDirectory path="/" physicalPath="C:\\inetpub\\www" />
          <virtualDirectory path="/images" physicalPath="C:\\inetpub\\pictures" />
        </application>
        <application path="/shop"><virtualDirectory path="/" physicalPath="C:\\inetpub\\www\\shop" /></application>
        <bindings>
          <binding protocol="http" bindingInformation="*:8080:www.example.com" />
          <binding protocol="http" bindingInformation="*:8080:example.com" />
          <binding protocol="https" bindingInformation="*:8443:www.example.com" sslFlags="1" />
        </bindings>
      </site>
      <site name="intranet" id="7">
        <application path="/"><virtualDirectory path="/" physicalPath="C:\\inetpub\\intranet" /></application>
        <bindings><binding protocol="http" bindingInformation="*:8080:intranet.example.com" /></bindings>
      </site>
    </sites>
  </system.applicationHost>
  <webFarms>
    <webFarm name="shop" enabled="true">
      <server address="10.0.0.1" enabled="true"><applicationRequestRouting weight="150" httpPort="8001" /></server>
      <server address="10.0.0.2" enabled="false" />
      <applicationRequestRouting>
        <affinity useCookie="true" cookieName="ShopAffinity" />
        <healthCheck url="http://shop/health" interval="00:00:10" responseMatch="ok" />
        <protocol timeout="00:01:00" preserveHostHeader="True" reverseRewriteHostInResponseHeaders="true" />
        <loadBalancing algorithm="WeightedRoundRobin" />
      </applicationRequestRouting>
    </webFarm>
    <webFarm name="api"><server address="10.0.1.1" /></webFarm>
  </webFarms>
  <system.webServer>
    <rewrite>
      <globalRules>
        <rule name="static stays" stopProcessing="true">
          <match url="\\.(gif|png|css|js)$" />
          <action type="None" />
        </rule>
        <rule name="api by version" patternSyntax="ECMAScript" stopProcessing="true">
          <match url="^api/v(\\d+)/(.*)" ignoreCase="false" />
          <conditions logicalGrouping="MatchAll" trackAllCaptures="true">
            <add input="{HTTP_HOST}" pattern="^(www)\\." />
            <add input="{QUERY_STRING}" pattern="debug=(1|true)" negate="true" />
          </conditions>
          <serverVariables><set name="HTTP_X_VERSION" value="{R:1}-{C:1}" /></serverVariables>
          <action type="Rewrite" url="http://api/{R:2}" />
        </rule>
        <rule name="lost"><match url="^lost/(.*)" /><action type="Rewrite" url="http://nobody.example/{R:1}" /></rule>
      </globalRules>
      <allowedServerVariables><add name="HTTP_X_TENANT" /></allowedServerVariables>
      <rewriteMaps>
        <rewriteMap name="Tenants" defaultValue="none"><add key="www.example.com" value="alpha" /></rewriteMap>
      </rewriteMaps>
    </rewrite>
    <httpErrors errorMode="Custom" />
  </system.webServer>
  <location path="Default Web Site/private">
    <system.webServer>
      <security><ipSecurity allowUnlisted="false"><add ipAddress="127.0.0.1" allowed="true" /></ipSecurity></security>
    </system.webServer>
  </location>
  <location path="intranet">
    <system.webServer>
      <httpRedirect enabled="true" destination="http://www.example.com/moved" exactDestination="true" />
    </system.webServer>
  </location>
</configuration>
`,
  'www/web.config': `<configuration>
  <system.webServer>
    <rewrite>
      <rules>
        <rule name="tenant"><match url=".*" />
          <serverVariables><set name="HTTP_X_TENANT" value="{Tenants:{HTTP_HOST}}" /></serverVariables>
        </rule>
        <rule name="old pages" stopProcessing="true">
          <match url="^old/(.*)$" />
          <action type="Redirect" url="/new/{R:1}" redirectType="Found" />
        </rule>
        <rule name="wildcard" patternSyntax="Wildcard"><match url="wild/*" /><action type="Rewrite" url="shop/{R:1}" /></rule>
        <rule name="files" stopProcessing="true">
          <match url="(.+)" />
          <conditions logicalGrouping="MatchAny">
            <add input="{REQUEST_FILENAME}" matchType="IsFile" />
            <add input="{REQUEST_FILENAME}" matchType="IsDirectory" />
          </conditions>
          <action type="None" />
        </rule>
        <rule name="blocked" enabled="true"><match url="^block" />
          <action type="CustomResponse" statusCode="403" subStatusCode="4" statusReason="No: {R:0}" statusDescription="\${HOME} is text" />
        </rule>
      </rules>
      <outboundRules>
        <rule name="links" preCondition="html"><match filterByTags="A, Form, Img" pattern="^/old/(.*)" />
          <action type="Rewrite" value="/new/{R:1}" /></rule>
        <preConditions><preCondition name="html"><add input="{RESPONSE_CONTENT_TYPE}" pattern="^text/html" /></preCondition></preConditions>
      </outboundRules>
    </rewrite>
    <httpProtocol><customHeaders><remove name="X-Powered-By" /><add name="X-Frame-Options" value="DENY" /></customHeaders></httpProtocol>
    <defaultDocument><files><clear /><add value="start.html" /></files></defaultDocument>
    <staticContent><mimeMap fileExtension=".json5" mimeType="application/json" /><clientCache cacheControlMode="UseMaxAge" cacheControlMaxAge="1.00:00:00" /></staticContent>
    <security>
      <requestFiltering>
        <hiddenSegments><add segment="secret" /></hiddenSegments>
        <fileExtensions allowUnlisted="true"><add fileExtension=".bak" allowed="false" /></fileExtensions>
        <requestLimits maxQueryString="512" />
      </requestFiltering>
      <authentication><windowsAuthentication enabled="true" /></authentication>
    </security>
  </system.webServer>
  <location path="reports"><system.webServer><httpRedirect enabled="true" destination="/" httpResponseStatus="Permanent" /></system.webServer></location>
</configuration>
`,
  'www/shop/web.config': `<configuration><system.webServer><rewrite>
  <rules>
    <remove name="old pages" />
    <rule name="to the farm" stopProcessing="true">
      <match url="^cart/(\\d+)" />
      <action type="Rewrite" url="http://shop/basket/{R:1}" appendQueryString="false" />
    </rule>
    <rule name="relative"><match url="^old/(.*)" /><action type="Rewrite" url="{R:1}" /></rule>
  </rules>
</rewrite></system.webServer></configuration>
`,
  'www/start.html': '<p>start</p>',
  'www/there.css': 'a {}',
  'www/reports/x.html': 'x',
  'www/secret/x.html': 'x',
  'pictures/cat.png': 'png',
  'intranet/index.html': 'x',
};
