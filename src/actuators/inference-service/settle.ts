import type { JSONPatchOperation } from '../../shared/json.ts';
import type { SettleInput, Settlement, Stand } from '../actuation.ts';
import { asNumber, asObject } from '../json-reading.ts';
import type { Claim, RejectedClaim, TargetObject } from '../port.ts';
import type { FieldChange, InferenceServiceChanges, InferenceServiceTarget, Percent } from './changes.ts';
import { inspect } from './inspect.ts';
import type { FieldIntent, InferenceServiceIntent } from './intent.ts';
import { shareOf, wordFor } from './live.ts';
import { landsNoMore, pendingSince } from './pending.ts';

interface ServiceClaim {
  readonly claim: Claim;
  readonly target: InferenceServiceTarget;
}

interface Standing {
  readonly claim: ServiceClaim | null;
  readonly refusal: RejectedClaim | null;
}

interface EffectiveField {
  readonly intent: FieldIntent;
  readonly percent: Percent;
}

/** Judges every claim, lays those that pass (and what the others held before) over the fields, and writes down the difference. */
export function settleInferenceService(input: SettleInput<InferenceServiceIntent>): Settlement<InferenceServiceChanges> {
  const { live, intent } = input;
  const standings = input.stands.map((stand) => standingOf(stand, live));
  const held = standings.flatMap(({ claim }) => claim ?? []);
  const fields = boundAll(intent.fields, held);
  const changes = changesOf(fields, input);
  const named = new Set([...held, ...input.stands.flatMap(({ asked }) => toServiceClaim(asked) ?? [])].map(({ target }) => target.canary));
  const shown = fields.filter(({ intent: { live: field }, percent }) => named.has(field.canary) || field.percent !== percent);
  const writes = fields.flatMap(writeField);
  return {
    held: held.map(({ claim }) => claim),
    rejected: standings.flatMap(({ refusal }) => refusal ?? []),
    changes,
    pending: changes.pending !== null,
    tests: writes.length === 0 ? [] : testsOf(fields, live),
    writes,
    before: summarize(shown.map(({ intent: { live: field } }) => field)),
    after: summarize(shown.map(({ intent: { live: field }, percent }) => ({ ...field, percent }))),
    intended: summarize(shown.map(({ intent: { live: field, percent } }) => ({ ...field, percent }))),
  };
}

function standingOf({ asked, held }: Stand, live: TargetObject): Standing {
  const claim = toServiceClaim(asked);
  const refusal = claim === null ? null : inspect(claim.claim, claim.target, live);
  if (refusal === null) return { claim, refusal };
  return { claim: held === null ? null : toServiceClaim(held), refusal };
}

function toServiceClaim(claim: Claim): ServiceClaim | null {
  return claim.target.kind === 'InferenceService' ? { claim, target: claim.target } : null;
}

/** Entries that came to bear one name while it is held have its limit together: the first has what it may, the next what is left of that. */
function boundAll(fields: readonly FieldIntent[], held: readonly ServiceClaim[]): readonly EffectiveField[] {
  const bounded: EffectiveField[] = [];
  for (const intent of fields) {
    const { canary } = intent.live;
    const before = bounded.filter((each) => each.intent.live.canary === canary);
    const taken = before.reduce((sum, { percent }) => sum + shareOf({ canary, percent }), 0);
    bounded.push({ intent, percent: boundOf(intent, held, taken) });
  }
  return bounded;
}

/** The least of what users want and what every plan that holds the field allows, less what others of its name have taken of that. */
function boundOf({ live, percent }: FieldIntent, held: readonly ServiceClaim[], taken: number): Percent {
  const caps = held
    .filter(({ target }) => target.canary === live.canary)
    .flatMap(({ claim }) => claim.constraints.flatMap((constraint) => (constraint.kind === 'Cap' ? [constraint.maxPercent] : [])));
  if (caps.length === 0) return percent;
  const cap = Math.max(0, Math.min(100, ...caps) - taken);
  return shareOf({ canary: live.canary, percent }) <= cap ? percent : cap;
}

function changesOf(
  fields: readonly EffectiveField[],
  { live, intent: { journaled }, nowMs }: SettleInput<InferenceServiceIntent>,
): InferenceServiceChanges {
  const generation = asNumber(asObject(live.metadata).generation) ?? 0;
  const isOver = landsNoMore(journaled?.pending ?? null, { generation, nowMs });
  const changed = fields.flatMap((field) => changeOf(field, isOver));
  const isSending = fields.some(({ intent, percent }) => intent.live.percent !== percent);
  return { fields: changed, pending: pendingSince(changed, journaled, { generation, nowMs, isSending }) };
}

/** Null (none) where users have what they want and nothing of ours may come yet. */
function changeOf({ intent: { live, percent: wanted, journaled }, percent }: EffectiveField, isOver: boolean): readonly FieldChange[] {
  const mayLand = journaled === null || isOver ? [] : [...journaled.was, journaled.applied];
  const stands = live.percent === percent ? [] : [live.percent];
  const was = [...new Set([...mayLand, ...stands])].filter((value) => value !== percent);
  if (wanted === percent && was.length === 0) return [];
  return [{ canary: live.id, intent: wanted, applied: percent, was }];
}

/**
 * The patch rests on the generation beside the fields it writes. The API server raises it with each change of the spec, this patch's own
 * among them: one that was computed before and is still on its way is refused then.
 */
function testsOf(fields: readonly EffectiveField[], live: TargetObject): readonly JSONPatchOperation[] {
  const generation = { op: 'test', path: '/metadata/generation', value: asObject(live.metadata).generation ?? null } as const;
  const relied = fields
    .filter(({ intent, percent }) => intent.live.percent !== percent)
    .flatMap(({ intent: { live: field } }) => [
      ...(field.named === null ? [] : [{ op: 'test', ...field.named } as const]),
      { op: 'test', path: field.path, value: field.percent } as const,
    ]);
  return [generation, ...relied];
}

function writeField({ intent: { live }, percent }: EffectiveField): readonly JSONPatchOperation[] {
  if (live.percent === percent) return [];
  if (percent === null) return [{ op: 'remove', path: live.path }];
  return [{ op: live.percent === null ? 'add' : 'replace', path: live.path, value: percent }];
}

/** `latest revision 10 %`. */
function summarize(fields: readonly { readonly canary: string | null; readonly percent: Percent }[]): string {
  return fields
    .map((field) => `${wordFor(field.canary)} ${shareOf(field)} %`)
    .join(', ')
    .slice(0, 512);
}
