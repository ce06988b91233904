import { describe, expect, it } from 'vitest';
import type { AccessLogConfig } from '../../model/config.ts';
import { checkFields } from './check-fields.ts';

function faults(fields: string[] | null) {
  const accessLog: AccessLogConfig = { path: 'x.log', format: 'w3c', requestHeaders: [], fields, keep: 0 };
  return checkFields({ accessLog }).map(
    ({ path, message, suggestion }) => `${path.join('.')}: ${message}, ${suggestion}`,
  );
}

describe('the fields of a W3C access log', () => {
  it('are those of IIS, and any header', () => {
    expect(faults(['date', 'cs-method', 'cs(X-Tenant)'])).toEqual([]);
    expect(faults(null)).toEqual([]);
  });

  it('are refused where the name is none of them', () => {
    expect(faults(['date', 'cs-methd'])).toEqual([
      'accessLog.fields.1: "cs-methd" is not a field of the access log, did you mean "cs-method"?',
    ]);
    expect(faults(['tenant'])).toEqual([expect.stringContaining('there are date, time, s-ip')]);
  });
});
