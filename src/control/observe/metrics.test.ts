import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { farmOf } from '../../../test/kit/finished-request.ts';
import type { Farm } from '../../model/farm.ts';
import { MetricsPage } from './metrics.ts';
import type { RouterNumbers } from './metrics-source.ts';

const router: RouterNumbers = {
  connections: 7,
  workers: 2,
  workerRestarts: 1,
  reloadsSucceeded: 3,
  reloadsFailed: 4,
  loadedAt: Date.UTC(2026, 0, 1),
  refusals: 4,
  logLinesDropped: 5,
};

function pageOf(farm: Farm): Promise<MetricsPage> {
  return MetricsPage.create({
    farms: () => [{ farm: 'shop', retries: { made: 3, refused: 1 }, queued: 2 }],
    listeners: () => [{ listener: 'front', current: 2, total: 9, failed: 1, bytesIn: 10, bytesOut: 20 }],
    servers: () =>
      farm.servers.map(({ farmName, address, state }) => ({
        farm: farmName,
        server: address,
        healthy: state.healthy,
        totals: state.totals(),
      })),
    router: () => router,
    certificates: () => [],
  });
}

/** Every line of the text format, read back: `name{labels}` to value; and the type of each metric. */
function parse(text: string): { values: Map<string, number>; types: Map<string, string> } {
  const values = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (type) types.set(type[1]!, type[2]!);
    if (line === '' || line.startsWith('#')) continue;
    const sample = /^([a-z0-9_]+(?:\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)*\})?) (\S+)$/.exec(line);
    if (!sample) throw new Error(`not a line of the text format: ${line}`);
    expect(values.has(sample[1]!), line).toBe(false);
    values.set(sample[1]!, Number(sample[2]));
  }
  return { values, types };
}

describe('the metrics page', () => {
  it('shows the live numbers of each server under the names of the contract', async () => {
    const farm = farmOf('shop', ['127.0.0.1:9001', '127.0.0.1:9002']);
    const page = await pageOf(farm);
    const [{ state }] = farm.servers as [Farm['servers'][number]];
    for (let n = 0; n < 4; n++) state.started();
    state.ended(200, 100, 1000, 30, false);
    state.ended(200, 100, 1000, 700, false);
    state.ended(0, 50, 0, -1, true);
    const { values, types } = parse(await page.text());
    const labels = 'farm="shop",server="127.0.0.1:9001"';
    expect(values.get(`narrows_server_requests_total{${labels},code="200"}`)).toBe(2);
    expect(values.get(`narrows_server_requests_total{${labels},code="none"}`)).toBe(1);
    expect(values.get(`narrows_server_failures_total{${labels}}`)).toBe(1);
    expect(values.get(`narrows_server_current_requests{${labels}}`)).toBe(1);
    expect(values.get(`narrows_server_bytes_total{${labels},direction="sent"}`)).toBe(250);
    expect(values.get(`narrows_server_bytes_total{${labels},direction="received"}`)).toBe(2000);
    expect(values.get(`narrows_server_healthy{${labels}}`)).toBe(1);
    expect(values.get('narrows_server_failures_total{farm="shop",server="127.0.0.1:9002"}')).toBe(0);
    expect(types.get('narrows_server_requests_total')).toBe('counter');
    expect(types.get('narrows_server_current_requests')).toBe('gauge');
  });

  it('has the response times as a cumulative histogram in seconds', async () => {
    const farm = farmOf('shop', ['127.0.0.1:9001']);
    const page = await pageOf(farm);
    const { state } = farm.servers[0]!;
    for (const ms of [3, 30, 700, 60_000]) {
      state.started();
      state.ended(200, 0, 0, ms, false);
    }
    const { values, types } = parse(await page.text());
    const bucket = (le: string) =>
      values.get(`narrows_server_response_seconds_bucket{farm="shop",server="127.0.0.1:9001",le="${le}"}`);
    expect(types.get('narrows_server_response_seconds')).toBe('histogram');
    expect([bucket('0.005'), bucket('0.05'), bucket('0.5'), bucket('1'), bucket('10'), bucket('+Inf')]).toEqual([
      1, 2, 2, 3, 3, 4,
    ]);
    expect(values.get('narrows_server_response_seconds_count{farm="shop",server="127.0.0.1:9001"}')).toBe(4);
    expect(values.get('narrows_server_response_seconds_sum{farm="shop",server="127.0.0.1:9001"}')).toBeCloseTo(60.733);
  });

  it('shows the router and its process', async () => {
    const { values } = parse(await (await pageOf(farmOf('shop', []))).text());
    expect(values.get('narrows_client_connections')).toBe(7);
    expect(values.get('narrows_worker_restarts_total')).toBe(1);
    expect(values.get('narrows_config_reloads_total{result="success"}')).toBe(3);
    expect(values.get('narrows_config_reloads_total{result="failure"}')).toBe(4);
    expect(values.get('narrows_config_loaded_timestamp_seconds')).toBe(Date.UTC(2026, 0, 1) / 1000);
    expect(values.get('narrows_access_log_lines_dropped_total')).toBe(5);
    expect(values.get('process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  it('escapes names that would break a line', async () => {
    const { values } = parse(await (await pageOf(farmOf('a"b\\c\nd', ['unix:/x']))).text());
    expect(values.has('narrows_server_healthy{farm="a\\"b\\\\c\\nd",server="unix:/x"}')).toBe(true);
  });

  it('is separate for each router of a process', async () => {
    const one = await pageOf(farmOf('one', ['127.0.0.1:1']));
    const two = await pageOf(farmOf('two', ['127.0.0.1:2']));
    expect(await one.text()).not.toContain('farm="two"');
    expect(await two.text()).not.toContain('farm="one"');
  });

  it('has the content type of its registry', () => {
    expect(MetricsPage.type).toBe(new Registry().contentType);
  });
});
