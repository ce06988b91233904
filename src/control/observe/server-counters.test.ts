import { expect, it } from 'vitest';
import { farmOf } from '../../../test/kit/finished-request.ts';
import { serverCounters } from './server-counters.ts';

it('counters have the mean response time in milliseconds, 0 before the first response', () => {
  const { state } = farmOf('shop', ['127.0.0.1:9001']).servers[0]!;
  expect(serverCounters(state.totals(), 0).responseTime).toBe(0);
  for (const ms of [10, 15.5]) {
    state.started();
    state.ended(200, 5, 6, ms, false);
  }
  expect(serverCounters(state.totals(), 1.5)).toEqual({
    totalRequests: 2,
    failedRequests: 0,
    currentRequests: 0,
    requestPerSecond: 1.5,
    bytesSent: 10,
    bytesReceived: 12,
    totalWebSocketRequests: 0,
    currentWebSocketRequests: 0,
    failedWebSocketRequests: 0,
    webSocketBytesSent: 0,
    webSocketBytesReceived: 0,
    responseTime: 12.75,
  });
});
