// Talks to the admin API of a running router, for the commands that operators use.
import { userInfo } from 'node:os';

/** Something that a person should read as it is: the command ends with exit code 1. */
export class AdminError extends Error {
  override readonly name = 'AdminError';
}

/** What the router answered: any status but 401 and 403, which are AdminErrors. */
export interface AdminAnswer {
  status: number;
  body: unknown;
}

export class AdminClient {
  readonly #base: string;
  readonly #token: string | undefined;

  /**
   * @param base `http://host:port` of the admin API
   * @param token of NARROWS_TOKEN
   */
  constructor(base: string, token: string | undefined) {
    this.#base = base.replace(/\/+$/, '');
    this.#token = token;
  }

  /**
   * @param body sent as JSON
   * @throws AdminError when the router cannot be reached, does not let us in, or is none
   */
  async ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<AdminAnswer> {
    const response = await this.#send(method, path, body);
    if (response.status === 401) {
      const what =
        this.#token === undefined ? 'needs a token: set NARROWS_TOKEN' : 'refuses the token in NARROWS_TOKEN';
      throw new AdminError(`the admin API at ${this.#base} ${what}`);
    }
    const answer = await response.json().catch(() => undefined);
    if (answer === undefined) throw new AdminError(`${this.#base} answers, but it is not the admin API of a router`);
    return { status: response.status, body: answer };
  }

  /**
   * The body of a 200.
   * @throws AdminError with what the router says otherwise
   */
  async do<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> {
    const answer = await this.ask(method, path, body);
    if (answer.status === 200) return answer.body as T;
    const { error } = answer.body as { error?: unknown };
    throw new AdminError(typeof error === 'string' ? error : `the router answers ${answer.status}`);
  }

  async #send(method: string, path: string, body: object | undefined): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json', 'X-Narrows-Who': whoRuns() };
    if (this.#token !== undefined) headers.Authorization = `Bearer ${this.#token}`;
    const init: RequestInit = { method, headers };
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
      init.body = JSON.stringify(body);
    }
    try {
      return await fetch(this.#base + path, init);
    } catch (error) {
      throw new AdminError(
        `no router answers at ${this.#base} (${causeOf(error)}): start one with "narrows run -c FILE" or "narrows demo", or say with --admin URL where its admin API is`,
      );
    }
  }
}

/** For the record of changes. */
function whoRuns(): string {
  try {
    return userInfo().username;
  } catch {
    return ''; // a user without a name
  }
}

/** fetch() says "fetch failed" and hides why in the cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause instanceof Error ? cause.message : String(cause);
}
