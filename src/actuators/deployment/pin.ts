import { failure, success } from '../../shared/result.ts';
import type { Result } from '../../shared/result.ts';
import type { JSONObject } from '../json-reading.ts';
import type { RefusalReason, Revision } from '../port.ts';
import type { TemplateChange } from './changes.ts';
import { sameTemplate } from './template.ts';

/** An earlier revision as it was found. */
export type Pin = Pick<TemplateChange, 'asked' | 'revision' | 'applied'>;

/** The revision a plan asks for, or why there is none; `where` names the Deployment. */
export function findPin(
  asked: number | null,
  { revisions, wanted, where }: { readonly revisions: readonly Revision[]; readonly wanted: JSONObject; readonly where: string },
): Result<Pin, { readonly reason: RefusalReason; readonly message: string }> {
  const newestFirst = revisions.toSorted((a, b) => b.revision - a.revision);
  const found = asked === null ? revisionBefore(newestFirst, wanted) : numbered(newestFirst, asked);
  if (found === undefined) return failure({ reason: 'RevisionMissing', message: missing(asked, newestFirst, where) });
  if (sameTemplate(found.template, wanted)) {
    const message = `Revision ${found.revision} of ${where} is what it is meant to run already, so going back to it changes nothing: name an earlier one, or leave revision out.`;
    return failure({ reason: 'RevisionRuns', message });
  }
  return success({ asked, revision: found.revision, applied: found.template });
}

/** A number it has now comes before one it had: numbers are given once. */
function numbered(newestFirst: readonly Revision[], asked: number): Revision | undefined {
  return newestFirst.find(({ revision }) => revision === asked) ?? newestFirst.find(({ earlier }) => earlier.includes(asked));
}

/** Before what users want, which its controller may not have seen yet. */
function revisionBefore(newestFirst: readonly Revision[], wanted: JSONObject): Revision | undefined {
  const others = newestFirst.filter(({ template }) => !sameTemplate(template, wanted));
  const running = newestFirst.find(({ template }) => sameTemplate(template, wanted));
  return running === undefined ? others[0] : others.find(({ revision }) => revision < running.revision);
}

function missing(asked: number | null, newestFirst: readonly Revision[], where: string): string {
  const kept = 'keep earlier ones by spec.revisionHistoryLimit';
  const known = newestFirst.map(({ revision }) => revision).reverse();
  if (asked === null) return `${where} has only one revision, so there is none to go back to: roll out another first, and ${kept}.`;
  return `${where} has no revision ${asked}, it has ${known.join(', ') || 'none'}: name one of those (kubectl rollout history), leave revision out, or ${kept}.`;
}
