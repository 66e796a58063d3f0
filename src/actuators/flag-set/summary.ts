import type { JSONValue } from '../../shared/json.ts';
import type { FlagForm, FlagMembers, StoredFlag } from './form.ts';
import { hasRules, variantOf } from './intent.ts';

interface ShownFlag<Kept> {
  readonly stored: StoredFlag<Kept>;
  readonly members: FlagMembers<Kept>;
}

/** `use-v2 answers off`, or what answers before the default does. */
export function summarizeFlags<Kept extends JSONValue>(flags: readonly ShownFlag<Kept>[], form: FlagForm<Kept>): string {
  return flags
    .map((flag) => describeFlag(flag, form))
    .join(', ')
    .slice(0, 512);
}

function describeFlag<Kept extends JSONValue>({ stored: { flag, definition }, members }: ShownFlag<Kept>, form: FlagForm<Kept>): string {
  if (definition.state === 'DISABLED') return `${flag} is disabled`;
  const answer = variantOf(members.defaultVariant, form) ?? 'the caller’s own default';
  return hasRules(members.targeting, form) ? `${flag} answers by its targeting, else ${answer}` : `${flag} answers ${answer}`;
}
