import { cel } from './cel.ts';
import { requiredText } from './fields.ts';

/** What a link may name; a closed set, so that nothing of a record gets into an address by accident. */
export const linkPlaceholders = ['namespace', 'model', 'version', 'indicator', 'incident'] as const;

export type LinkFacts = Partial<Readonly<Record<(typeof linkPlaceholders)[number], string>>>;

const named = linkPlaceholders.map((each) => `{${each}}`).join(', ');

/** An address with placeholders, none of them in the host: where somebody is led is never up to what a model is called. */
export function linkTemplate(description: string) {
  return requiredText(2048, `${description} May hold ${named}, each put in URL-encoded, and empty where there is none.`).meta(
    cel({
      rule: `self.matches('^https?://[^{}/?#@ ]+([/?#]([^{} ]|[{](${linkPlaceholders.join('|')})[}])*)?$') && isURL(self) && url(self).getHostname() != ''`,
      message: `write an absolute http or https URL, behind its host with no other braces than ${named}, e.g. https://runbooks.example/{model}`,
    }),
  );
}

/** The address for one thing. */
export function expandLink(template: string, facts: LinkFacts): string {
  return linkPlaceholders.reduce((url, each) => url.replaceAll(`{${each}}`, () => encodeURIComponent(facts[each] ?? '')), template);
}

interface Linked {
  readonly runbookURL?: string;
  readonly dashboardURL?: string;
}

export interface Link {
  readonly name: 'runbook' | 'dashboard';
  readonly url: string;
}

/** Where to look and what to do: the first of these that says so, from the most particular to the most general. */
export function linksOf(places: readonly (Linked | undefined)[], facts: LinkFacts): readonly Link[] {
  const first = (field: keyof Linked): string | undefined => places.find((place) => place?.[field] !== undefined)?.[field];
  const [runbook, dashboard] = [first('runbookURL'), first('dashboardURL')];
  return [
    ...(runbook === undefined ? [] : [{ name: 'runbook', url: expandLink(runbook, facts) } as const]),
    ...(dashboard === undefined ? [] : [{ name: 'dashboard', url: expandLink(dashboard, facts) } as const]),
  ];
}
