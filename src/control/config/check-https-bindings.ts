// https bindings of sites that nobody ends TLS for. A warning, since a proxy before the router may do it, and an imported file is
// to be read before its certificates are there; those of IIS files have been told of when they were read.
import type { Config, ConfigPath } from '../../model/config.ts';
import { canBeOpened } from '../../model/tls-config.ts';
import type { ProblemList } from './problem-list.ts';

export function checkHttpsBindings(
  { sites, listeners }: Config,
  problems: ProblemList,
  isOfIis: (path: ConfigPath) => boolean,
): void {
  const lacking = listeners.filter((listener) => !canBeOpened(listener));
  if (lacking.length === listeners.length)
    problems.warning(
      ['sites'],
      'no listener can be opened, so `narrows run` does not start: no site has an http binding, and https bindings have no certificates',
      'give --certificates or tls, or add an http binding',
    );
  const ports = new Set(lacking.map(({ address }) => (address.kind === 'tcp' ? address.port : 0)));
  for (const { name, bindings } of sites) {
    bindings.forEach(({ protocol, port, host }, index) => {
      const path: ConfigPath = ['sites', name, 'bindings', index];
      if (protocol !== 'https' || !ports.has(port) || isOfIis(path)) return;
      problems.warning(
        path,
        `no listener has a certificate for the https binding ${host === '' ? `on port ${port}` : `of ${host}`}: it is not opened`,
        `add a listener with the address ":${port}" and tls`,
      );
    });
  }
}
