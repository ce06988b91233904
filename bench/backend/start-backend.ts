// The fixed back end: one nginx worker that is the two servers of the farm.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program } from '../measure/program.ts';
import { nginx } from '../proxies/catalogue.ts';

const PORT = 28001;
const LARGE = 64 * 1024;

/** @param scratch folder that takes its files */
export async function startBackend(scratch: string): Promise<Program> {
  writeFileSync(join(scratch, '64k.bin'), Buffer.alloc(LARGE, 'narrows '));
  const command = nginx(join(import.meta.dirname, 'nginx.conf'), 1, scratch);
  return Program.start(command, PORT, join(scratch, 'backend.log'));
}
