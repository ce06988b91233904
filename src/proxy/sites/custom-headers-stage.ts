// httpProtocol/customHeaders: fields that every response of a level is given, whoever made it. As in IIS they are
// added: a field of that name that the server sent stays.
import type { Stage } from '../../model/extensions.ts';
import type { Site } from '../../model/site.ts';
import { fieldLine } from '../../wire/http1/serialise.ts';

/** Null where no level has any. */
export function customHeadersStage(sites: readonly Site[]): Stage | null {
  const lines: string[] = [];
  for (const { id, config } of sites.flatMap((site) => site.levels))
    lines[id] = config.settings.customHeaders.map(({ name, value }) => fieldLine(name, value)).join('');
  if (lines.every((text) => text === '')) return null;
  return {
    name: 'customHeaders',
    answersToo: true,
    onResponseHead({ level }, draft) {
      if (level !== null) draft.addedLines += lines[level.id]!;
    },
  };
}
