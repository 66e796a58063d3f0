import { canonicalJSON } from '../../shared/canonical-json.ts';
import type { JSONValue } from '../../shared/json.ts';
import { rejectClaim } from '../actuation.ts';
import type { SettleInput, Settlement, Stand } from '../actuation.ts';
import { asObject, member } from '../json-reading.ts';
import { describeObject, generatingController } from '../metadata.ts';
import type { Claim, RejectedClaim, TargetObject } from '../port.ts';
import type { FlagChanges, FlagSetChanges } from './changes.ts';
import type { FlagForm, NamedFlag, WantedFlag } from './form.ts';
import { hasRules, intentOf, takesRules, variantOf } from './intent.ts';
import type { FlagSetIntent } from './intent.ts';
import { summarizeFlags } from './summary.ts';

/** What there is to settle, on which kind of object. */
export interface FlagSettleInput<Kept extends JSONValue> extends SettleInput<FlagSetIntent<Kept>> {
  readonly form: FlagForm<Kept>;
}

interface FlagClaim {
  readonly claim: Claim;
  readonly named: NamedFlag;
}

/** A flag as its users want it, and as it should stand. */
interface SettledFlag<Kept> extends WantedFlag<Kept> {
  readonly intent: WantedFlag<Kept>['wanted'];
  /** The variant of the claim that is laid over it; null: none is. */
  readonly applied: string | null;
}

interface Standing {
  readonly stand: Stand;
  readonly claim: FlagClaim | null;
  readonly refusal: RejectedClaim | null;
}

/** Judges every claim, lays those that pass (and what the others held before) over the flags, and writes down the difference. */
export function settleFlags<Kept extends JSONValue>(input: FlagSettleInput<Kept>): Settlement<FlagSetChanges<Kept>> {
  const { live, form, stands } = input;
  const standings = refuseConflicts(stands.map((stand) => firstStanding(stand, input)));
  const rollbacks = standings.flatMap(({ claim }) => (claim !== null && asksRollback(claim.claim) ? [claim] : []));
  const { flags, keptChanges } = concernedFlags(input, rollbacks);
  const asked = new Set(stands.map((stand) => toFlagClaim(stand.asked, form)?.named.id));
  const differs = ({ stored: { defaultVariant, targeting }, wanted }: SettledFlag<Kept>): boolean =>
    canonicalJSON({ defaultVariant, targeting }) !== canonicalJSON({ ...wanted });
  const shown = flags.filter((flag) => differs(flag) || asked.has(flag.stored.id));
  const changes = [...flags.flatMap((flag) => changesOf(flag, form)), ...keptChanges];
  return {
    ...form.patch(live, flags.filter(differs)),
    held: standings.flatMap(({ claim }) => (claim === null ? [] : [claim.claim])),
    rejected: standings.flatMap(({ refusal }) => (refusal === null ? [] : [refusal])),
    changes: { flags: changes },
    before: summarizeFlags(
      shown.map(({ stored }) => ({ stored, members: stored })),
      form,
    ),
    after: summarizeFlags(
      shown.map(({ stored, wanted }) => ({ stored, members: wanted })),
      form,
    ),
    intended: summarizeFlags(
      shown.map(({ stored, intent }) => ({ stored, members: intent })),
      form,
    ),
  };
}

/**
 * Every flag a plan names or we have changed, in an order of their own. What was done to one that can't be read now is kept: it may be
 * readable again tomorrow, with our values in it.
 */
function concernedFlags<Kept extends JSONValue>(
  { live, intent: { journaled }, stands, form }: FlagSettleInput<Kept>,
  rollbacks: readonly FlagClaim[],
): { readonly flags: readonly SettledFlag<Kept>[]; readonly keptChanges: readonly FlagChanges<Kept>[] } {
  const claimed = stands.flatMap(({ asked, held }) => [asked, held].flatMap((claim) => toFlagClaim(claim, form)?.named.id ?? []));
  const ids = [...new Set([...journaled.map(({ flag }) => flag), ...claimed])].sort();
  const flags: SettledFlag<Kept>[] = [];
  const keptChanges: FlagChanges<Kept>[] = [];
  for (const id of ids) {
    const changes = journaled.find(({ flag }) => flag === id) ?? null;
    const read = form.read(live, id);
    if (read.ok) {
      const intent = intentOf(read.value, changes, form);
      const rollback = rollbacks.find(({ named }) => named.id === id) ?? null;
      flags.push({ stored: read.value, intent, ...wantedOf(intent, rollback, form) });
    } else if (changes !== null && read.failure.reason !== 'FlagMissing') keptChanges.push(changes);
  }
  return { flags, keptChanges };
}

function firstStanding<Kept extends JSONValue>(stand: Stand, { live, form }: FlagSettleInput<Kept>): Standing {
  const claim = toFlagClaim(stand.asked, form);
  const refusal = claim === null ? null : inspect(claim, live, form);
  return refusal === null ? { stand, claim, refusal } : { stand, claim: toFlagClaim(stand.held, form), refusal };
}

/** A flag can give one answer: the first plan in precedence decides it, a later one that wants another loses. */
function refuseConflicts(standings: readonly Standing[]): readonly Standing[] {
  const winners = new Map<string, FlagClaim>();
  return standings.map((standing) => {
    const { claim, stand } = standing;
    if (claim === null || !asksRollback(claim.claim)) return standing;
    const { id, flag, safeVariant } = claim.named;
    const winner = winners.get(id) ?? claim;
    winners.set(id, winner);
    if (winner.named.safeVariant === safeVariant) return standing;
    const plan = winner.claim.holder.plan;
    const message = `Plan ${plan} is older and rolls flag ${flag} back to ${winner.named.safeVariant}, plan ${claim.claim.holder.plan} wants ${safeVariant}: agree on one variant.`;
    // The journal keeps a loser it held: it steps in when the winner leaves.
    const refusal = standing.refusal ?? rejectClaim(claim.claim, 'Conflicted', message);
    return { stand, claim: stand.held === null ? null : claim, refusal };
  });
}

function toFlagClaim<Kept extends JSONValue>(claim: Claim | null, form: FlagForm<Kept>): FlagClaim | null {
  const named = claim === null ? null : form.named(claim.target);
  return claim === null || named === null ? null : { claim, named };
}

function asksRollback({ constraints }: Claim): boolean {
  return constraints.some(({ kind }) => kind === 'Flag');
}

function inspect<Kept extends JSONValue>({ claim, named }: FlagClaim, live: TargetObject, form: FlagForm<Kept>): RejectedClaim | null {
  if (!asksRollback(claim)) return null;
  const where = describeObject(live);
  const owner = generatingController(live);
  if (owner !== null) {
    return rejectClaim(claim, 'GeneratedTarget', `${where} is generated by ${owner}, which would undo the change: name ${owner} instead.`);
  }
  const read = form.read(live, named.id);
  if (!read.ok) return rejectClaim(claim, read.failure.reason, read.failure.message);
  const variants = asObject(read.value.definition.variants);
  const { targeting } = read.value;
  if (hasRules(targeting, form) && !takesRules(targeting, form)) {
    const message = `Targeting of flag ${named.flag} of ${where} would answer before the default, and holds a whole number beyond 2^53, which does not come back as it was: write it as text.`;
    return rejectClaim(claim, 'FlagsUnreadable', message);
  }
  if (member(variants, named.safeVariant) !== undefined) return null;
  const known = Object.keys(variants).join(', ') || 'none';
  const message = `Flag ${named.flag} of ${where} has no variant ${named.safeVariant} (it has: ${known}): correct safeVariant.`;
  return rejectClaim(claim, 'VariantMissing', message);
}

/** `{}` takes the place of rules: they would answer before the default does. */
function wantedOf<Kept extends JSONValue>(
  intent: WantedFlag<Kept>['wanted'],
  rollback: FlagClaim | null,
  form: FlagForm<Kept>,
): Pick<SettledFlag<Kept>, 'wanted' | 'applied'> {
  if (rollback === null) return { wanted: intent, applied: null };
  const { safeVariant } = rollback.named;
  const isThere = variantOf(intent.defaultVariant, form) === safeVariant;
  return {
    applied: safeVariant,
    wanted: {
      defaultVariant: isThere ? intent.defaultVariant : form.keep(safeVariant),
      targeting: takesRules(intent.targeting, form) ? form.keep({}) : intent.targeting,
    },
  };
}

function changesOf<Kept extends JSONValue>(
  { stored, intent, wanted, applied }: SettledFlag<Kept>,
  form: FlagForm<Kept>,
): readonly FlagChanges<Kept>[] {
  const rulesTaken = applied !== null && takesRules(intent.targeting, form);
  if (applied === null || (wanted.defaultVariant === intent.defaultVariant && !rulesTaken)) return [];
  return [
    {
      flag: stored.id,
      defaultVariant: { intent: intent.defaultVariant, applied },
      targeting: rulesTaken ? intent.targeting : null,
    },
  ];
}
