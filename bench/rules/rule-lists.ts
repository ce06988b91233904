// The lists of rules that row `rules` compares. The last rule is the one that applies, in each of them.

export interface RuleList {
  name: string;
  /** Of the configuration, as an object. */
  rules: object[];
  maps?: Record<string, { entries: Record<string, string> }>;
}

const MANY = 100;

const toShop = (name: string, url: string, more: object = {}) => ({
  name,
  match: { url },
  stopProcessing: true,
  action: { type: 'Rewrite', url: 'http://shop/{R:1}' },
  ...more,
});

/** Both hold for the request of the bench when `n` is null; the second alone fails otherwise. */
const onTwoHeaders = (n: number | null) => ({
  conditions: [
    { input: '{HTTP_X_TENANT}', pattern: '^(?:acme|globex)$' },
    { input: '{HTTP_USER_AGENT}', pattern: n === null ? 'Chrome/\\d+' : `Browser-${n}/\\d+` },
  ],
});

const last = toShop('last', '^shop/(.*)', onTwoHeaders(null));
const before = (rule: (n: number) => object) => Array.from({ length: MANY - 1 }, (_, n) => rule(n));

function mapOf(size: number) {
  const entries = Object.fromEntries(Array.from({ length: size }, (_, n) => [`/old/page-${n}`, `/new/${n}`]));
  return { maps: { moved: { entries: { ...entries, '/shop/cart': '/shop/basket' } } } };
}

const mapped = {
  name: 'mapped',
  conditions: [{ input: '{moved:{URL}}', pattern: '(.+)' }],
  action: { type: 'Rewrite', url: '{C:1}' },
};

export const ruleLists: readonly RuleList[] = [
  { name: 'one rule', rules: [last] },
  {
    name: '100 rules, other literal prefixes',
    rules: [...before((n) => toShop(`r${n}`, `^route-${n}/(.*)`, onTwoHeaders(n))), last],
  },
  {
    name: '100 rules, no literal prefix',
    rules: [...before((n) => toShop(`r${n}`, `^([a-z]+)/route-${n}/(.*)$`, onTwoHeaders(n))), last],
  },
  {
    name: '100 rules, all match the URL, a header decides',
    rules: [...before((n) => toShop(`r${n}`, '^shop/(.*)', onTwoHeaders(n))), last],
  },
  {
    name: '100 wildcard rules',
    rules: [...before((n) => toShop(`r${n}`, `route-${n}/*`, { patternSyntax: 'Wildcard' })), last],
  },
  { name: 'map of 10', rules: [mapped, last], ...mapOf(10) },
  { name: 'map of 1,000', rules: [mapped, last], ...mapOf(1000) },
  { name: 'map of 100,000', rules: [mapped, last], ...mapOf(100_000) },
];
