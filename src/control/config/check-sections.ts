// Runs the schemas section by section, and farm by farm, so that a fault in one hides no fault in another.
import type { z } from 'zod';
import { checkSection, unknownKey } from './describe-issues.ts';
import { farmSchema } from './farm-schema.ts';
import { listenerSchema } from './listener-schema.ts';
import type { ProblemList } from './problem-list.ts';
import { rootSchema, rootShape, type Written } from './root-schema.ts';
import { isMap } from './written-lists.ts';

type Section = keyof typeof rootShape;

/** The sections that passed; one that did not stands there as if it were not written. */
export function checkSections(raw: Record<string, unknown>, problems: ProblemList): Written {
  for (const key of Object.keys(raw)) {
    if (!Object.hasOwn(rootShape, key))
      problems.all.push({ ...unknownKey(key, [], rootSchema), message: `${key}: unknown key` });
  }
  const sections = Object.keys(rootShape).map((key) => [key, checkOne(key as Section, raw[key], problems)]);
  return Object.fromEntries(sections) as Written;
}

function checkOne(key: Section, value: unknown, problems: ProblemList): unknown {
  if (key === 'farms' && isMap(value)) return checkEach(farmSchema, value, key, problems);
  if (key === 'listeners' && isMap(value)) return checkEach(listenerSchema, value, key, problems);
  return checkSection(rootShape[key], value, [key], problems.all) ?? rootShape[key].parse(undefined);
}

/** The members of a map that pass `schema`. */
function checkEach<S extends z.ZodType>(
  schema: S,
  members: Record<string, unknown>,
  key: Section,
  problems: ProblemList,
): Record<string, z.output<S>> {
  const passed: Record<string, z.output<S>> = {};
  for (const [name, value] of Object.entries(members)) {
    const member = checkSection(schema, value ?? {}, [key, name], problems.all);
    if (member !== null) passed[name] = member;
  }
  return passed;
}
