// The stage that serves the files of a site, when no rule sent the request elsewhere or answered it.
import type { Answer } from '../../model/answer.ts';
import type { Stage } from '../../model/extensions.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { Site } from '../../model/site.ts';
import { decodePath } from '../../wire/target.ts';
import { chooseContent } from './choose-content.ts';
import { type ContentLevel, compileContentLevel } from './content-level.ts';
import { FileMemory } from './file-memory.ts';

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Answers what stays here, and belongs to a site with a folder; throws as chooseContent(). */
export function contentStage(sites: readonly Site[]): Stage {
  const memory = new FileMemory();
  const levels: ContentLevel[] = [];
  for (const { id, config } of sites.flatMap((site) => site.levels)) levels[id] = compileContentLevel(config.settings);
  return {
    name: 'content',
    onRequest(ctx) {
      const { site, outbound } = ctx;
      if (site === null || outbound.destination !== null) return undefined;
      if (hasFallback(ctx) && !READS.has(ctx.inbound.method)) return undefined;
      return choose(ctx, site, levels, memory);
    },
  };
}

/** One farm, and no rule to send it anything: it gets what is no file here (CONTRACT 2, absent sections). */
function hasFallback({ snapshot }: RequestContext): boolean {
  return snapshot.onlyFarm !== null;
}

async function choose(
  ctx: RequestContext,
  site: Site,
  levels: readonly ContentLevel[],
  memory: FileMemory,
): Promise<Answer | undefined> {
  const path = decodePath(ctx.outbound.target);
  try {
    const level = site.levelAt(path);
    const answer = await chooseContent(site, levels[level.id]!, ctx.outbound.target, ctx.inbound, memory);
    if (answer !== null) ctx.level = level;
    if (answer !== null) note(ctx, path, answer);
    return answer ?? undefined;
  } catch (error) {
    if (ctx.trace !== null && error instanceof ProxyError) tell(ctx, path, null, error.message);
    if (hasFallback(ctx) && error instanceof ProxyError) return undefined;
    throw error;
  }
}

function note(ctx: RequestContext, path: string, answer: Answer): void {
  if (ctx.trace === null) return;
  if (answer.kind === 'file') tell(ctx, path, answer.path, `sent as ${answer.contentType}`);
  else if (answer.kind === 'answer')
    tell(
      ctx,
      path,
      null,
      answer.status === 301 ? 'a folder is asked for with a slash at its end' : 'OPTIONS is answered for every path',
    );
}

function tell(ctx: RequestContext, path: string, file: string | null, reason: string): void {
  ctx.trace!.push({ stage: 'content', path, file, reason });
}
