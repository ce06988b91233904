// Tells others what changed: a POST of JSON for each event, one after the other for each receiver. Nothing waits for them.
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { WebhookConfig } from '../../model/config.ts';

export const WEBHOOK_EVENTS = ['serverState', 'serverHealth', 'drainDone', 'membersChanged', 'farmState'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** What a receiver gets, beside `event` and `at` (ISO 8601). */
export interface WebhookFacts {
  farm: string;
  server?: string;
  [fact: string]: unknown;
}

/** Events that wait for one receiver; older ones are dropped. */
const MOST_WAITING = 1000;
const ATTEMPTS = 3;
/** Before the second attempt, ms; twice that before the third. */
const BACK_OFF = 1000;
/** Statuses below 500 after which it is worth trying again: Request Timeout, Too Many Requests (RFC 9110 15.5.9, RFC 6585 4). */
const TRY_AGAIN: readonly number[] = [408, 429];

interface Receiver {
  readonly config: WebhookConfig;
  readonly waiting: string[];
  dropped: number;
  isSending: boolean;
}

export class Webhooks {
  readonly #clock: Clock;
  readonly #logger: Logger;
  #receivers: Receiver[] = [];
  readonly #closed = new AbortController();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Those of a new configuration; what waits for one that stays is still sent. */
  use(configs: readonly WebhookConfig[]): void {
    const known = new Map(this.#receivers.map((receiver) => [JSON.stringify(receiver.config), receiver]));
    this.#receivers = configs.map((config) => {
      return known.get(JSON.stringify(config)) ?? { config, waiting: [], dropped: 0, isSending: false };
    });
  }

  send(event: WebhookEvent, facts: WebhookFacts): void {
    const body = JSON.stringify({ event, at: new Date(this.#clock.wall()).toISOString(), ...facts });
    for (const receiver of this.#receivers) {
      const { events } = receiver.config;
      if (events.length > 0 && !events.includes(event)) continue;
      receiver.waiting.push(body);
      if (receiver.waiting.length > MOST_WAITING) this.#drop(receiver);
      if (!receiver.isSending) void this.#sendAll(receiver);
    }
  }

  close(): void {
    this.#closed.abort();
    this.#receivers = [];
  }

  /** Told at the first of many, and with the count when the receiver takes something again. */
  #drop(receiver: Receiver): void {
    receiver.waiting.shift();
    receiver.dropped++;
    if (receiver.dropped > 1) return;
    const { url } = receiver.config;
    const facts = { event: 'webhook-behind', url, waiting: MOST_WAITING };
    this.#logger.warn(facts, `${url} is ${MOST_WAITING} events behind: the oldest are dropped`);
  }

  #tellDropped(receiver: Receiver): void {
    const { dropped, config } = receiver;
    receiver.dropped = 0;
    const facts = { event: 'webhook-dropped', url: config.url, dropped };
    if (dropped > 0) this.#logger.warn(facts, `${config.url} was not told of ${dropped} events`);
  }

  async #sendAll(receiver: Receiver): Promise<void> {
    receiver.isSending = true;
    for (let body = receiver.waiting.shift(); body !== undefined; body = receiver.waiting.shift()) {
      const fault = await this.#sendOne(receiver.config, body);
      if (this.#closed.signal.aborted) break;
      const { url } = receiver.config;
      if (fault === null) this.#tellDropped(receiver);
      else this.#logger.warn({ event: 'webhook-failed', url, reason: fault }, `${url} was not told: ${fault}`);
    }
    receiver.isSending = false;
  }

  /** @returns why it could not be sent; null when it was */
  async #sendOne(config: WebhookConfig, body: string): Promise<string | null> {
    let fault = '';
    for (let attempt = 1; attempt <= ATTEMPTS && !this.#closed.signal.aborted; attempt++) {
      if (attempt > 1) await this.#pause(BACK_OFF * (attempt - 1));
      try {
        const response = await fetch(config.url, this.#request(config, body));
        await response.body?.cancel();
        if (response.ok) return null;
        fault = `status ${response.status}`;
        if (response.status < 500 && !TRY_AGAIN.includes(response.status)) return fault;
      } catch (error) {
        fault = reasonOf(error);
      }
    }
    return fault;
  }

  #request({ token, timeout }: WebhookConfig, body: string): RequestInit {
    const headers = {
      'Content-Type': 'application/json',
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    };
    const signal = AbortSignal.any([AbortSignal.timeout(timeout), this.#closed.signal]);
    return { method: 'POST', headers, body, signal, redirect: 'error' };
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(ms, resolve));
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: Error };
  return cause instanceof Error ? cause.message : message;
}
