// Asks the router what a case asks, and writes the answer in the words of the case, so that the two can be compared.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkConfig,
  createExplainer,
  type Explainer,
  type Explanation,
  importIisFiles,
  type LocatedProblem,
  type RouterOptions,
} from '../../src/index.ts';
import type { Case, ExpectedProblem } from './case-file.ts';
import type { CaseFolder } from './case-folder.ts';
import type { CaseRequest, CaseResponse, ExpectedLine } from './case-requests.ts';
import { givenResponse, responseText } from './case-response.ts';

/** What the server answers where a case does not say. */
const EMPTY_OK: CaseResponse = { status: 200, headers: [], body: '' };

/** The configuration of a case, ready to be asked. */
export function explainerOf(folder: CaseFolder, { config }: Case): Promise<Explainer> {
  return createExplainer({ file: join(folder.path, config) }, optionsIn(folder));
}

/** The same after import-iis. */
export async function importedExplainer(folder: CaseFolder, { config }: Case): Promise<Explainer> {
  const file = join(folder.path, 'imported.yaml');
  const { yaml } = await importIisFiles([join(folder.path, config)], optionsIn(folder), file);
  writeFileSync(file, yaml);
  return createExplainer({ file }, optionsIn(folder));
}

/** @returns what the router says where `request` expects something, in the same words */
export async function answers(folder: CaseFolder, explainer: Explainer, request: CaseRequest): Promise<string[]> {
  const { method, url, headers, client, expected } = request;
  const response = request.response ?? (expected.some(({ about }) => about === 'response') ? EMPTY_OK : null);
  const asked = {
    method,
    url,
    headers,
    ...(client === null ? {} : { client }),
    ...(response === null ? {} : { response: givenResponse(response) }),
  };
  const explanation = await explainer.explain(asked);
  return expected.map((line) => lineText(line, folder.shown(actualText(line, explanation))));
}

/** The lines of a request that say what is expected of it. */
export function expectations({ expected }: CaseRequest): string[] {
  return expected.map((line) => lineText(line, line.text));
}

/** @returns problems of the configuration that the case does not name (errors), and those it names that are not there */
export async function unexpectedProblems(folder: CaseFolder, asked: Case): Promise<string[]> {
  const { config, problems, moreErrors } = asked;
  const found = (await checkConfig({ file: join(folder.path, config) }, optionsIn(folder))).map((problem) =>
    problemText(problem, folder),
  );
  const matches = (text: string, { severity, place, says }: ExpectedProblem) =>
    text.startsWith(`${severity} ${place} `) && text.includes(says);
  const missing = problems.filter((problem) => !found.some((text) => matches(text, problem)));
  const surplus = found.filter((text) => text.startsWith('error') && !problems.some((each) => matches(text, each)));
  const warned = missing.length > 0 ? found.filter((text) => text.startsWith('warning')) : [];
  return [
    ...missing.map(({ severity, place, says }) => `missing: ${severity} ${place} ${says}`),
    ...(moreErrors && missing.length === 0 ? [] : surplus.map((text) => `not expected: ${text}`)),
    ...warned.map((text) => `reported: ${text}`),
  ];
}

function problemText(
  { file, line, column, severity, message, suggestion }: LocatedProblem,
  folder: CaseFolder,
): string {
  const name = file.replace(`${folder.path}/`, '');
  return folder.shown(
    `${severity} ${name}:${line}:${column} ${message}${suggestion === undefined ? '' : `, ${suggestion}`}`,
  );
}

/** TLS certificates are no part of a case. */
function optionsIn({ pathMap }: CaseFolder): RouterOptions {
  return { pathMap, skipHttps: true };
}

function lineText({ about, name }: ExpectedLine, text: string): string {
  switch (about) {
    case 'outcome':
      return `-> ${text}`;
    case 'rule':
      return `rule "${name}" ${text}`;
    case 'input':
      return `rule "${name}" saw ${text}`;
    case 'header':
    case 'response':
      if (about === 'response' && name === 'status') return `response ${text}`;
      return text.startsWith(': ') ? `${about} ${name}${text}` : `${about} ${name} ${text}`;
    default:
      return `${about} ${text}`;
  }
}

function actualText(line: ExpectedLine, explanation: Explanation): string {
  const { outcome } = explanation;
  switch (line.about) {
    case 'outcome':
      return outcomeText(outcome);
    case 'says':
      return partOf(line.text, 'reason' in outcome ? outcome.reason : '');
    case 'description':
      return 'description' in outcome ? outcome.description : '(none)';
    case 'farm':
    case 'server':
    case 'file':
      return String((outcome as unknown as Record<string, unknown>)[line.about] ?? '(none)');
    case 'header':
      return headerText(explanation.requestHeaders, line.name);
    case 'rule':
    case 'input':
      return ruleText(line, explanation);
    case 'response':
      if (line.name === 'says') return partOf(line.text, responseText('body', explanation.response));
      return responseText(line.name, explanation.response);
  }
}

/** `expected` when `text` has it in it, else the whole text. */
function partOf(expected: string, text: string): string {
  return text.includes(expected) ? expected : text;
}

function outcomeText(outcome: Explanation['outcome']): string {
  switch (outcome.kind) {
    case 'proxy':
    case 'rewrite':
      return `${outcome.kind} ${outcome.url}`;
    case 'static':
      return `static ${outcome.url}`;
    case 'redirect':
      return `redirect ${outcome.status} ${outcome.location}`;
    case 'customResponse':
      return `answer ${code(outcome)} ${outcome.reason}`;
    case 'error':
      return `error ${code(outcome)}`;
    default:
      return outcome.kind;
  }
}

function code({ status, subStatus }: { status: number; subStatus: number }): string {
  return subStatus === 0 ? `${status}` : `${status}.${subStatus}`;
}

function headerText(headers: Explanation['requestHeaders'], name: string): string {
  if (!(name in headers)) return 'untouched';
  const value = headers[name];
  return value === null ? 'removed' : `: ${[value].flat().join(', ')}`;
}

function ruleText({ about, name }: ExpectedLine, { steps }: Explanation): string {
  const step = steps.find((each) => each.stage === 'rule' && each.name === name);
  if (step?.stage !== 'rule') return 'not run';
  if (about === 'input') return JSON.stringify(step.input);
  return step.matched ? 'matched' : 'not matched';
}
