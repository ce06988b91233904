// Bindings of a site as written → BindingConfig.
import { parseAddress } from '../../base/address-range.ts';
import type { ConfigPath } from '../../model/config.ts';
import type { BindingConfig } from '../../model/site-config.ts';
import type { ProblemList } from './problem-list.ts';

const BINDING = /^(?:(https?)\/)?(?:\[([^\]]+)\]|(\*|[\d.]*)):(\d{1,5}):(\*?[^\s:/*]*)$/i;

/** Those of `bindings` that can be read; the others become problems. @param path of the list */
export function buildBindings(bindings: readonly string[], path: ConfigPath, problems: ProblemList): BindingConfig[] {
  return bindings.flatMap((binding, index) => readBinding(binding, [...path, index], problems) ?? []);
}

/** `[https/]IP:PORT:HOST`; the notation with the protocol in front is that of appcmd. */
function readBinding(binding: string, path: ConfigPath, problems: ProblemList): BindingConfig | null {
  const match = BINDING.exec(binding);
  const port = Number(match?.[4]);
  if (match === null || port < 1 || port > 65535) {
    problems.error(path, `"${binding}" is not a binding`, 'write IP:PORT:HOST, such as *:80:www.example.com or *:80:');
    return null;
  }
  const address = match[2] ?? match[3]!;
  if (address !== '' && address !== '*' && parseAddress(address) === null) {
    problems.error(
      path,
      `"${address}" is not an IP address`,
      'write the address of this machine, or * for all of them',
    );
    return null;
  }
  return {
    protocol: match[1]?.toLowerCase() === 'https' ? 'https' : 'http',
    address: address === '' ? '*' : address,
    port,
    host: match[5]!.toLowerCase(),
  };
}
