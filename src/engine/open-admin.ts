// The admin API of a router: what admin/ may ask is put together here. Hono and prom-client load when they are needed.
import type { AdminServer } from '../admin/start-admin.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { MetricsPage } from '../control/observe/metrics.ts';
import type { MetricsSource } from '../control/observe/metrics-source.ts';
import type { AdminPort } from '../model/admin-port.ts';
import type { AdminConfig } from '../model/config.ts';
import { formatListenAddress } from '../model/listen-address.ts';
import { ListenError } from './settle-listeners.ts';
import { VERSION } from './version.ts';

export interface AdminSource
  extends Pick<AdminPort, 'status' | 'certificates' | 'reload' | 'explain' | 'isReady' | 'farms' | 'audit'> {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricsSource;
}

/** @throws ListenError when its address cannot be had */
export async function openAdmin(
  config: Pick<AdminConfig, 'address' | 'token'>,
  source: AdminSource,
): Promise<AdminServer> {
  const { startAdmin } = await import('../admin/start-admin.ts');
  let page: Promise<MetricsPage> | null = null;
  const port: AdminPort = {
    status: source.status,
    certificates: source.certificates,
    reload: source.reload,
    explain: source.explain,
    isReady: source.isReady,
    farms: source.farms,
    audit: source.audit,
    pause: (ms) => new Promise((resolve) => source.clock.after(ms, resolve)),
    isLive: () => true,
    metricsType: 'text/plain; version=0.0.4; charset=utf-8',
    async metrics() {
      page ??= import('../control/observe/metrics.ts').then(({ MetricsPage }) => MetricsPage.create(source.metrics));
      return (await page).text();
    },
  };
  try {
    return await startAdmin(config, port, { version: VERSION, logger: source.logger, clock: source.clock });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be opened: ${message}`;
    throw new ListenError(`admin.address ${formatListenAddress(config.address)} ${why}`);
  }
}
