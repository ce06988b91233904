// Values of options as people write them, read or refused as wrong usage (exit code 2).
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../index.ts';

/** A reader of whole numbers from `min` to `max`. */
export function wholeNumber(min: number, max: number): (written: string) => number {
  return (written) => {
    const value = Number(written);
    if (/^\d+$/.test(written) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

/** `Name: value`; repeatable. */
export function headerField(written: string, before: [string, string][] = []): [string, string][] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/s.exec(written);
  if (match === null) throw new InvalidArgumentError("Expected 'Name: value'.");
  return [...before, [match[1]!, match[2]!]];
}

/** An absolute http or https URL. */
export function absoluteUrl(written: string): string {
  if (/^https?:\/\/[^/?#]/i.test(written) && URL.canParse(written)) return written;
  throw new InvalidArgumentError('Expected an absolute URL such as http://www.example.com/shop/.');
}

/** Where the admin API of a router is. */
export function adminUrl(written: string): string {
  if (/^https?:\/\/[^/?#]/i.test(written) && URL.canParse(written)) return written;
  throw new InvalidArgumentError('Expected a URL such as http://127.0.0.1:9400.');
}

export function httpMethod(written: string): string {
  if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(written)) return written;
  throw new InvalidArgumentError('Expected a method such as GET.');
}

/** An IPv4 or IPv6 address. */
export function ipAddress(written: string): string {
  const asUrl = written.includes(':') ? `http://[${written}]/` : `http://${written}/`;
  if (URL.canParse(asUrl) && /^[\da-f.:]+$/i.test(written) && isWhole(written)) return written;
  throw new InvalidArgumentError('Expected an IP address.');
}

/** URL takes 127.1 and 1 for addresses too. */
function isWhole(address: string): boolean {
  return address.includes(':') || address.split('.').length === 4;
}

/** `C:\\inetpub=/srv/www`; repeatable. The folder here is relative to the current one. */
export function mappedPath(written: string, before: Record<string, string> = {}): Record<string, string> {
  const match = /^([^=]+)=(.+)$/s.exec(written);
  if (match === null) throw new InvalidArgumentError("Expected PATH=FOLDER such as 'C:\\inetpub=/srv/www'.");
  return { ...before, [match[1]!]: match[2]! };
}

/** ADDRESS, http=ADDRESS or https=ADDRESS; repeatable. What an address is, the router knows. */
export function listenAddress(written: string, before: string[] = []): string[] {
  const [, scheme = 'any', address] = /^(?:(https?)=)?(.*)$/s.exec(written)!;
  const isAddress = /^(?:unix:.+|(?:\[[^\]]+\]|[^:[\]=]*):\d{1,5})$/s.test(address!);
  if (!isAddress)
    throw new InvalidArgumentError(
      'Expected an address such as 127.0.0.1:8080 or [::1]:8080; http= before it is for plain listeners alone, https= for those with TLS.',
    );
  if (before.some((other) => (/^(https?)=/.exec(other)?.[1] ?? 'any') === scheme))
    throw new InvalidArgumentError('There are two addresses for the same listeners.');
  return [...before, written];
}

export interface NamedServer {
  farm: string;
  /** The address, as the configuration has it. */
  server: string;
}

/** FARM/ADDRESS. */
export function namedServer(written: string): NamedServer {
  const slash = written.indexOf('/');
  if (slash < 1 || slash === written.length - 1)
    throw new InvalidArgumentError('Expected FARM/ADDRESS such as shop/10.0.0.1:8080.');
  return { farm: written.slice(0, slash), server: written.slice(slash + 1) };
}

/** Milliseconds. */
export function duration(written: string): number {
  const ms = parseDuration(written);
  if (ms === null) throw new InvalidArgumentError('Expected a duration such as 30s, 20m or 1h.');
  return ms;
}
