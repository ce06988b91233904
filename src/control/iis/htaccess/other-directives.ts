// Directives that are not rules: what they mean here, or what does their work.
import type { FidelityVerdict } from '../../../model/fidelity-row.ts';
import type { Directive } from './tokenise.ts';

/** By lower-case name. */
const KNOWN: Readonly<Record<string, [FidelityVerdict, string]>> = {
  rewritelock: ['approximated', 'passed over: nothing needs a lock'],
  rewritelog: ['approximated', 'passed over: `narrows explain` tells what the rules do'],
  rewriteloglevel: ['approximated', 'passed over: `narrows explain` tells what the rules do'],
  rewriteoptions: ['unsupported', 'the rules of a folder and of the folders above it stand in one file here'],
  directoryindex: ['unsupported', 'write it as defaultDocument of the site'],
  errordocument: ['unsupported', 'write it as httpErrors of the site'],
  addtype: ['unsupported', 'write it as staticContent.mimeMap of the site'],
  redirect: ['unsupported', 'write a rule with the action Redirect'],
  redirectmatch: ['unsupported', 'write a rule with the action Redirect'],
  redirectpermanent: ['unsupported', 'write a rule with the action Redirect'],
  redirecttemp: ['unsupported', 'write a rule with the action Redirect'],
  header: ['unsupported', 'write it as httpProtocol.customHeaders of the site, or as an outbound rule'],
  requestheader: ['unsupported', 'write a rule with serverVariables that sets HTTP_NAME'],
  proxypass: ['unsupported', 'write a rule with the action Rewrite to the whole URL'],
  proxypassreverse: ['unsupported', 'reverseRewriteHostInResponseHeaders of proxy does its work'],
  expiresactive: ['unsupported', 'write it as staticContent.clientCache of the site'],
  expiresdefault: ['unsupported', 'write it as staticContent.clientCache of the site'],
  require: ['unsupported', 'write addresses as ipSecurity of the site'],
  allow: ['unsupported', 'write it as ipSecurity of the site'],
  deny: ['unsupported', 'write it as ipSecurity of the site'],
  order: ['unsupported', 'write it as ipSecurity of the site'],
  servername: ['unsupported', 'write it as a binding of the site, such as "*:80:www.example.com"'],
  serveralias: ['unsupported', 'write it as a binding of the site, such as "*:80:www.example.com"'],
  listen: ['unsupported', 'write it as a listener'],
};

/** Options that ask for nothing that is not so here. */
const HARMLESS_OPTION =
  /^(?:[+]?FollowSymLinks|[+]?SymLinksIfOwnerMatch|-(?:Indexes|MultiViews|ExecCGI|Includes)|None)$/i;

export function otherDirective({ name, words }: Directive): [FidelityVerdict, string] {
  const lower = name.toLowerCase();
  if (lower === 'options') {
    const others = words.map(({ text }) => text).filter((option) => !HARMLESS_OPTION.test(option));
    return others.length === 0 ? ['exact', ''] : ['unsupported', `there is no option ${others.join(', ')}`];
  }
  return Object.hasOwn(KNOWN, lower) ? KNOWN[lower]! : ['unsupported', 'not a directive of mod_rewrite: passed over'];
}
