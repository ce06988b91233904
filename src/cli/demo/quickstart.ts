// The configuration that the demo runs and the README shows.

export interface DemoAddresses {
  router: string;
  admin: string;
  servers: readonly string[];
}

/** YAML text. */
export function quickstart({ router, admin, servers }: DemoAddresses): string {
  return `listeners:
  web: { address: "${router}" }

farms:
  shop:
    servers:
${servers.map((address) => `      - "${address}"`).join('\n')}
    affinity: { useCookie: true } # a browser stays with the server it got first
    healthCheck: { url: /health, interval: 1s, timeout: 5s, retries: 0, responseMatch: "ok" }

rules:
  - name: old addresses
    match: { url: "^old/(.*)" }
    action: { type: Redirect, url: "/{R:1}", redirectType: Permanent }
  - name: everything else to the shop
    match: { url: "(.*)" }
    action: { type: Rewrite, url: "http://shop/{R:1}" }

admin: { address: "${admin}" }
`;
}
