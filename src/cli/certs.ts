// `narrows certs`: the certificates of listeners, when they end, and what is wrong with them.
import type { Command } from 'commander';
import { type CertificateReport, ConfigError, formatProblem, listCertificates, printable } from '../index.ts';
import { addAdminOption, withAdmin } from './admin-command.ts';
import { formatTable } from './format-table.ts';
import { type IisCommandOptions, iisOptions, withIisOptions } from './iis-options.ts';

interface CertsOptions extends IisCommandOptions {
  admin: string;
  config?: string;
  json?: boolean;
}

const DAY = 86_400_000;

export function registerCerts(program: Command): void {
  const command = addAdminOption(program.command('certs'))
    .description('list the certificates of listeners, and when they end')
    .option('-c, --config <file>', 'those of a configuration file, instead of the running router');
  withIisOptions(command).option('--json', 'print JSON').action(certs);
}

function certs({ admin, config, json, ...iis }: CertsOptions): Promise<void> {
  const show = (report: CertificateReport) =>
    void process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report, Date.now()));
  if (config !== undefined) return ofConfig(config, iis, show);
  return withAdmin(admin, async (client) => show(await client.do<CertificateReport>('GET', '/api/certificates')));
}

async function ofConfig(
  file: string,
  iis: IisCommandOptions,
  show: (report: CertificateReport) => void,
): Promise<void> {
  try {
    show(await listCertificates({ file }, { adminDefault: true, ...iisOptions(iis) }));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(error.errors.map((problem) => `${formatProblem(problem)}\n`).join(''));
    process.exitCode = 1;
  }
}

/** @param now wall ms */
function formatReport({ certificates, warnings }: CertificateReport, now: number): string {
  if (certificates.length === 0) return 'no listener has a certificate\n';
  const rows = certificates.map(({ listener, names, file, keyKind, keyBits, validTo }) => [
    listener,
    names.join(' '),
    `${keyKind} ${keyBits}`,
    validTo.slice(0, 10),
    String(Math.floor((Date.parse(validTo) - now) / DAY)),
    file,
  ]);
  const table = formatTable(
    [
      { title: 'LISTENER', align: 'left' },
      { title: 'NAMES', align: 'left' },
      { title: 'KEY', align: 'left' },
      { title: 'ENDS', align: 'left' },
      { title: 'DAYS', align: 'right' },
      { title: 'FILE', align: 'left' },
    ],
    rows,
  );
  return table + warnings.map((warning) => `warning: ${printable(warning)}\n`).join('');
}
