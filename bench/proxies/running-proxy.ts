// A proxy that runs, was seen to have every feature, and has given out its affinity cookies.
import { join } from 'node:path';
import { affinityCookies } from '../load/affinity-cookies.ts';
import { type Command, Program } from '../measure/program.ts';
import { type ProxyKind, TCP_PORT_OFFSET, type Variant } from './catalogue.ts';

export interface RunningProxy {
  url: string;
  program: Program;
  cookies: readonly string[];
}

/**
 * @param adjust changes the command before it is started
 * @throws Error when it does not start, or lacks a feature
 */
export async function startProxy(
  kind: ProxyKind,
  variant: Variant,
  scratch: string,
  adjust: (command: Command) => Command = (command) => command,
): Promise<RunningProxy> {
  const command = adjust(kind.command(variant, scratch));
  const program = await Program.start(command, kind.port, join(scratch, `${kind.name}.log`));
  const url = `http://127.0.0.1:${kind.port + (variant.tcp ? TCP_PORT_OFFSET : 0)}`;
  try {
    // The first two configurations of the breakdown have no affinity, and who passes bytes has none: there is nothing to ask for.
    const hasFeatures = !variant.tcp && (variant.narrowsConfig === undefined || variant.narrowsConfig === 'affinity');
    return { url, program, cookies: hasFeatures ? await affinityCookies(url) : ['ARRAffinity=none'] };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

/** For what cannot be measured: said so that nobody overlooks it. */
export function sayMissing(label: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\n!!! ${label} IS LEFT OUT: ${reason}\n\n`);
}
