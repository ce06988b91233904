// Sections such as <IfModule mod_rewrite.c>: which of them are taken, and what their rules are matched against.
import type { Place } from '../../../model/config-node.ts';
import type { Directive } from './tokenise.ts';

export interface Section {
  name: string;
  place: Place;
  /** Its contents are read. */
  taken: boolean;
  /** What holds inside; null: what holds around it. */
  context: 'server' | 'folder' | null;
  verdict: 'exact' | 'approximated' | 'unsupported';
  note: string;
}

/** Modules that do not decide whether rules are there. */
const OURS = /^(?:mod_)?(?:rewrite|proxy|proxy_http|alias|dir|mime|negotiation|env|setenvif|headers)(?:_module|\.c)?$/i;

/** What `<NAME …>` means. */
export function openSection(directive: Directive): Section {
  const name = directive.name.slice(1);
  const argument = directive.words.map(({ text }) => text).join(' ');
  const taken = (verdict: Section['verdict'], note: string, context: Section['context'] = null): Section => {
    return { name, place: directive.place, taken: true, context, verdict, note };
  };
  const skipped = (note: string, verdict: Section['verdict'] = 'unsupported'): Section => {
    return { name, place: directive.place, taken: false, context: null, verdict, note };
  };
  switch (name.toLowerCase()) {
    case 'ifmodule': {
      if (!argument.startsWith('!'))
        return OURS.test(argument) ? taken('exact', '') : taken('approximated', `taken as if ${argument} were there`);
      return OURS.test(argument.slice(1))
        ? skipped('never true: what is inside is left out', 'exact')
        : skipped(`left out, as if ${argument.slice(1)} were there`, 'approximated');
    }
    case 'ifversion':
      return /^(?:>=?\s*)?[\d.]+$/.test(argument)
        ? taken('approximated', 'taken as if Apache were new enough')
        : skipped('left out: there is no version of Apache to compare');
    case 'virtualhost':
      return taken('approximated', 'its rules are taken for every host: give them to a site with bindings', 'server');
    case 'directory':
      return taken(
        'approximated',
        'taken for the folder of the site: move the rules to a location if it is another',
        'folder',
      );
    case 'files':
    case 'filesmatch':
      return skipped(
        'left out with all that is in it: files that it keeps from clients are sent here; deny them with requestFiltering (fileExtensions, hiddenSegments) or a rule',
      );
    default:
      return skipped('left out with all that is in it: write its rules with conditions of their own');
  }
}
