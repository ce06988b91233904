// Why bindings did not choose the site of a request: for explain. Those that came near are told first.
import type { ClientConnectionInfo } from '../../model/client.ts';
import type { ChosenSite, Site } from '../../model/site.ts';
import type { BindingConfig } from '../../model/site-config.ts';
import type { SiteStep } from '../../model/trace.ts';

type OtherBindings = NonNullable<SiteStep['others']>;

/** More than so many are nobody's reading. */
const TOLD = 20;

/** `IP:PORT:HOST`, with `https/` in front for TLS. */
export function bindingText({ protocol, address, port, host }: BindingConfig): string {
  return `${protocol === 'http' ? '' : `${protocol}/`}${address}:${port}:${host}`;
}

/**
 * @param host as the client called us, without its port, lower-case
 * @param anyPort whether ports and addresses of bindings do not count on this listener
 */
export function otherBindings(
  sites: readonly Site[],
  chosen: ChosenSite | null,
  host: string,
  connection: ClientConnectionInfo,
  anyPort: boolean,
): OtherBindings {
  const told: (OtherBindings[number] & { distance: number })[] = [];
  for (const { name: site, config } of sites) {
    for (const each of config.bindings) {
      if (each === chosen?.binding) continue;
      const faults = faultsOf(each, host, connection, anyPort);
      const reason = faults[0] ?? 'another binding says more of the request, or stands before it';
      told.push({ site, binding: bindingText(each), reason, distance: faults.length });
    }
  }
  return told
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, TOLD)
    .map(({ site, binding, reason }) => ({ site, binding, reason }));
}

function faultsOf(binding: BindingConfig, host: string, connection: ClientConnectionInfo, anyPort: boolean): string[] {
  const faults: string[] = [];
  if (!takesHost(binding.host, host)) faults.push(`it is for host ${binding.host}`);
  if (!anyPort && binding.port !== connection.localPort) faults.push(`it is for port ${binding.port}`);
  if ((binding.protocol === 'https') !== connection.secure) faults.push(`it is for ${binding.protocol}`);
  if (!anyPort && binding.address !== '*' && binding.address !== connection.localAddress)
    faults.push(`it is for address ${binding.address}`);
  return faults;
}

function takesHost(bound: string, host: string): boolean {
  if (bound === '' || bound === host) return true;
  return bound.startsWith('*.') && host.endsWith(bound.slice(1));
}
