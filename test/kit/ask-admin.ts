// One request to the admin API, on a connection of its own: a drain that is waited for must not hold another request up.
import { request } from 'node:http';

export interface AdminAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** `url` is of the endpoint; `body` is sent as JSON. Rejects when the connection breaks. */
export function askAdmin(method: string, url: string, body?: object): Promise<AdminAnswer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const asked = request(url, { method, headers, agent: false }, (response) => {
      let answer = '';
      response.on('data', (piece) => (answer += piece));
      response.on('end', () => resolve({ status: response.statusCode!, body: JSON.parse(answer) }));
    });
    asked.on('error', reject);
    asked.end(text);
  });
}
