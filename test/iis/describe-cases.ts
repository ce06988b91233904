// The .case files of a folder as tests: one for the configuration of each, one for each request, and one for what import-iis
// makes of it.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explainer } from '../../src/index.ts';
import { type Case, parseCase } from './case-file.ts';
import { CaseFolder } from './case-folder.ts';
import { answers, expectations, explainerOf, importedExplainer, unexpectedProblems } from './run-case.ts';

/** All cases of `folder`, by the name of their file. */
export function casesIn(folder: string): [file: string, parsed: Case][] {
  const files = globSync('*.case', { cwd: folder }).sort();
  return files.map((file) => [file, readCase(folder, file)]);
}

function readCase(folder: string, file: string): Case {
  try {
    return parseCase(readFileSync(join(folder, file), 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** Declares the tests of one case. */
export function describeCase(file: string, parsed: Case): void {
  describe(`${file}: ${parsed.title}`, () => {
    let folder: CaseFolder;
    let explainer: Promise<Explainer> | undefined;
    beforeAll(() => {
      folder = new CaseFolder(parsed);
      Object.assign(process.env, parsed.environment);
    });
    afterAll(() => {
      for (const name of Object.keys(parsed.environment)) delete process.env[name];
      folder.remove();
    });

    it(parsed.requests.length === 0 ? 'is refused, and says why' : 'is in order', async () => {
      expect(await unexpectedProblems(folder, parsed)).toEqual([]);
    });

    it.each(parsed.requests.map((request) => [request.method, request.url, request] as const))(
      '%s %s',
      async (_method, _url, request) => {
        explainer ??= explainerOf(folder, parsed);
        expect(await answers(folder, await explainer, request)).toEqual(expectations(request));
      },
    );

    if (parsed.requests.length === 0) return; // it is refused
    it('decides the same once it is imported', async () => {
      const imported = await importedExplainer(folder, parsed);
      for (const request of parsed.requests) {
        const found = await answers(folder, imported, request);
        expect(found.map(anyNotFound), request.url).toEqual(expectations(request).map(anyNotFound));
      }
    });
  });
}

/** Where IIS finds nobody to send a request to, what import-iis writes answers 404 in so many words. */
function anyNotFound(line: string): string {
  return line.replace(/^-> (?:error|answer) 404\b.*/, '-> 404');
}
