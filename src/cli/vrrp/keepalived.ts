// What keepalived is told: its configuration for a front tier that shares an address, and the script that asks whether this router is ready.

/** How every file that is made here begins. */
export const MADE_HERE = '# Made by narrows vrrp-config.';

export interface SharedAddress {
  /** ADDRESS/PREFIX. */
  addresses: readonly string[];
  interface: string;
  routerId: number;
  priority: number;
  /** The other front tiers. */
  peers: readonly string[];
  /** Time between two adverts, ms. */
  advert: number;
  /** One that comes back with a higher priority takes the address again. */
  preempt: boolean;
  /** Absolute path of the script. */
  script: string;
}

/** The text of keepalived.conf. */
export function keepalivedConfig(shared: SharedAddress): string {
  const list = (items: readonly string[]): string => items.map((item) => `    ${item}\n`).join('');
  return `${MADE_HERE} Whoever has the highest priority of those that are ready holds the address.
global_defs {
  enable_script_security
  script_user nobody
}

vrrp_script narrows_ready {
  script "${shared.script}"
  interval 1
  timeout 1
  fall 1
  rise 2
  init_fail
}

vrrp_instance narrows_${shared.routerId} {
  state BACKUP
  interface ${shared.interface}
  virtual_router_id ${shared.routerId}
  priority ${shared.priority}
  version 3
  advert_int ${shared.advert / 1000}${shared.preempt ? '' : '\n  nopreempt'}
  unicast_peer {
${list(shared.peers)}  }
  virtual_ipaddress {
${list(shared.addresses)}  }
  track_script {
    narrows_ready
  }
}
`;
}

/** A POSIX shell script that succeeds when the router of this admin API is ready: with curl, else with what bash has. */
export function readyScript(admin: URL): string {
  const { hostname, port, origin } = admin;
  const host = hostname.replace(/^\[|\]$/g, '');
  const ask = `exec 3<>/dev/tcp/${host}/${port || 80} && printf "GET /api/ready HTTP/1.0\\r\\nHost: ${admin.host}\\r\\n\\r\\n" >&3 && read -r _ status _ <&3 && [ "$status" = 200 ]`;
  return `#!/bin/sh
${MADE_HERE} Fails when this router is stopping, dead, or does not answer in time.
if command -v curl >/dev/null; then
  exec curl -fsS --noproxy '*' -o /dev/null --max-time 0.8 '${origin}/api/ready'
fi
exec timeout 0.8 bash -c '${ask}'
`;
}
