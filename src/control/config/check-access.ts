// access.sslFlags of sites where no listener can give what they ask for: everything there is refused.
import type { Config } from '../../model/config.ts';
import type { SslFlag } from '../../model/level-settings.ts';
import type { SiteConfig } from '../../model/site-config.ts';
import type { ProblemList } from './problem-list.ts';

export function checkAccess({ sites, listeners }: Config, problems: ProblemList): void {
  const isByTls = listeners.some(({ tls, proxySenders }) => tls !== null || proxySenders.length > 0);
  const isAsking = listeners.some(({ tls }) => tls !== null && tls.clientCertificates !== 'off');
  for (const site of sites) {
    if (!isByTls && asks(site, 'Ssl', 'Ssl128'))
      problems.warning(
        ['sites', site.name],
        `site "${site.name}" asks for https (access.sslFlags), and no listener has tls: those requests are answered with 403.4`,
        'give a listener tls, or take Ssl out of sslFlags where a proxy before the router ends TLS',
      );
    else if (!isAsking && asks(site, 'SslRequireCert'))
      problems.warning(
        ['sites', site.name],
        `site "${site.name}" requires certificates of clients (access.sslFlags), and no listener asks for them: those requests are answered with 403.7`,
        'set tls.clientCertificates: optional and tls.clientAuthorities of its listener, or give --client-authorities with IIS files',
      );
  }
}

function asks({ levels }: SiteConfig, ...flags: SslFlag[]): boolean {
  return levels.some(({ settings }) => settings.access.sslFlags.some((flag) => flags.includes(flag)));
}
