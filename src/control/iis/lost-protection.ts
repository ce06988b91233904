// Sections that keep somebody out in IIS and do nothing here: passing over those in silence would open a door.
import type { Report } from './report.ts';
import { attributeOf, childrenOf, elementsAt, type XmlElement } from './xml-tree.ts';

/** Whether such a section lets in everybody, as it does by default. */
export function keepsNobodyOut(element: XmlElement, name: string): boolean {
  if (name === 'security/authorization') return !element.children.some(isRestriction);
  const schemes = element.children.filter(({ name }) => name !== 'anonymousAuthentication');
  const isOn = (scheme: XmlElement) => attributeOf(scheme, 'enabled')?.toLowerCase() === 'true';
  return name === 'security/authentication' && !schemes.some(isOn) && !element.children.some(refusesAnonymous);
}

/** Warns where the section `element`, named by its path below system.webServer, refuses requests in IIS. */
export function warnOfLostProtection(element: XmlElement, name: string, report: Report): void {
  if (name === 'security/authorization' && element.children.some(isRestriction)) {
    const message = 'authorization is not carried out: everybody reaches what only some may';
    report.warning(element.place, message, 'let the servers ask who it is, or use ipSecurity');
  }
  if (name === 'security/authentication') {
    for (const anonymous of element.children.filter(refusesAnonymous)) {
      const message = 'nobody is asked to sign in here: anonymous clients are not refused';
      report.warning(anonymous.place, message, 'let the servers ask for it, or use ipSecurity');
    }
  }
  if (name === 'security/requestFiltering') {
    for (const rule of elementsAt(element, 'filteringRules', 'filteringRule')) {
      const message = `filtering rule "${attributeOf(rule, 'name') ?? ''}" is not carried out: what it denies is let through`;
      report.warning(rule.place, message, 'write a rule with a CustomResponse action');
    }
  }
  if (name === 'security/ipSecurity') {
    for (const entry of childrenOf(element, 'add').filter((each) => attributeOf(each, 'ipAddress') === undefined)) {
      report.error(entry.place, 'clients are known by their addresses: no name is looked up', 'give ipAddress');
    }
  }
  if (name === 'security/dynamicIpSecurity') {
    for (const limit of element.children.filter((child) => attributeOf(child, 'enabled')?.toLowerCase() === 'true')) {
      report.warning(limit.place, `${limit.name} is not carried out: no client is refused for its number of requests`);
    }
  }
}

/** Rules of .NET keep users from files too, where its modules run for all requests. */
export function warnOfLostUsers(element: XmlElement, report: Report): void {
  if (element.name !== 'system.web') return;
  for (const rule of elementsAt(element, 'authorization', 'deny')) {
    const message = 'authorization of .NET is not carried out: files here are sent to everybody';
    report.warning(rule.place, message, 'let a server send them that asks who it is, or use ipSecurity');
  }
}

function refusesAnonymous(scheme: XmlElement): boolean {
  return scheme.name === 'anonymousAuthentication' && attributeOf(scheme, 'enabled')?.toLowerCase() === 'false';
}

/** Anything but the default, which lets in everybody. */
function isRestriction(rule: XmlElement): boolean {
  const all = attributeOf(rule, 'users') === '*' && !attributeOf(rule, 'verbs');
  const allows = rule.name === 'add' && attributeOf(rule, 'accessType')?.toLowerCase() === 'allow';
  return rule.name === 'add' && !(allows && all);
}
