import type { Target } from '../core/model/target.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { JSONPatchOperation, JSONValue } from '../shared/json.ts';
import { failure } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { JSONObject } from './json-reading.ts';
import { encodeJournal, journalCodec, journalSchemaVersion, maxJournalLength } from './journal.ts';
import type { EngagedJournal, Journal, JournalShape, Tombstone } from './journal.ts';
import { bounded, leavers, succeeds } from './tombstone.ts';
import {
  annotationOf,
  carries,
  describeObject,
  disown,
  epochOf,
  hasAnnotations,
  hasSealOf,
  journalAnnotation,
  seal,
  stamp,
  stampApart,
  uidOf,
  unseal,
  unstamp,
} from './metadata.ts';
import type { PatchHalves } from './metadata.ts';
import type {
  Actuation,
  ActuationInput,
  Actuator,
  Claim,
  RefusalReason,
  RejectedClaim,
  ReleasedEngagement,
  Surroundings,
  TargetObject,
  TargetResource,
  Verification,
} from './port.ts';

/** A claim as it is asked now, and as the journal says it is in force (null: it is new here). */
export interface Stand {
  readonly asked: Claim;
  readonly held: Claim | null;
}

export interface SettleInput<Intent> {
  readonly live: TargetObject;
  readonly intent: Intent;
  readonly stands: readonly Stand[];
  readonly surroundings: Surroundings;
  readonly nowMs: EpochMs;
}

/** What becomes of the claims on one object, and the changes that bring it there. */
export interface Settlement<Changes> extends PatchHalves {
  /** Claims in force after the patch: as asked, or, where that was refused, as they were held before. */
  readonly held: readonly Claim[];
  readonly rejected: readonly RejectedClaim[];
  readonly changes: Changes;
  /** Written after the journal: what stands among the annotations it may have to bring. */
  readonly lateWrites?: readonly JSONPatchOperation[];
  /** Something of ours may yet appear on the object: what was wanted of it stays in the journal. */
  readonly pending?: boolean;
  readonly before: string;
  readonly after: string;
  readonly intended: string;
}

/** What differs from one kind of target to the next. */
export interface Craft<Changes, Intent extends { readonly foreignEdit: boolean }> extends JournalShape<Changes> {
  readonly resource: TargetResource;
  servicesOf: Actuator['servicesOf'];
  /** The user's latest intent: `changes` tells our fields from theirs; null when we changed nothing. */
  intentOf(live: TargetObject, changes: Changes | null): Intent;
  settle(input: SettleInput<Intent>): Settlement<Changes>;
  /**
   * What of the changes on record is a command in the status and has not been given, or was taken back. Absent: the kind knows no such
   * commands. It is given only while the object carries their journal.
   */
  statusPatch?(live: TargetObject, changes: Changes): PatchHalves | null;
  /** As in the port; left out by kinds that bound the object as a whole. */
  uncapped?(live: TargetObject, target: Target): readonly string[];
  /** Who else sets the same fields just now: nothing is written while anything is asked, what stands is left to them. Null: nobody. */
  yieldsTo?(live: TargetObject, surroundings: Surroundings): string | null;
  /** A change of ours that the API server did not keep, though it answered 200. */
  notKept(live: TargetObject, changes: Changes): string | null;
  /** As in the port; left out by kinds whose value in force no other value stands for. */
  propose?(live: TargetObject, intent: Intent): Result<JSONObject, string>;
  /** Whether the controllers behind the object took it, once it is as planned. */
  accepted(live: TargetObject, claims: readonly Claim[]): Exclude<Verification, { kind: 'Verified' }> | null;
}

/** The port, from what differs: journal, tombstones, epochs and ownership are the same for every kind. */
export function createActuator<Changes extends JSONValue, Intent extends { readonly foreignEdit: boolean }>(
  craft: Craft<Changes, Intent>,
): Actuator {
  const codec = journalCodec(craft);
  const plan = (input: ActuationInput): Actuation => planActuation(craft, input, codec.decode(input.live));
  return {
    targetKind: craft.targetKind,
    resource: craft.resource,
    servicesOf: (target, namespace) => craft.servicesOf(target, namespace),
    readJournal: codec.read,
    plan,
    uncapped: (live, target) => craft.uncapped?.(live, target) ?? [],
    verify: (input) => {
      const journal = codec.decode(input.live);
      const lost = journal.kind === 'Engaged' ? craft.notKept(input.live, journal.journal.changes) : null;
      if (lost !== null) return { kind: 'Failed', reason: 'ChangeNotKept', message: lost };
      const unmet = unmetBy(input, plan(input));
      if (!Array.isArray(unmet)) return unmet;
      return craft.accepted(input.live, input.claims) ?? { kind: 'Verified', unmet };
    },
    finish: (live) => {
      const journal = codec.decode(live);
      return journal.kind === 'Released' ? [...unstamp(live, journal.journal.annotationsCreated), ...unseal(live)] : null;
    },
    propose: (live) => {
      const journal = codec.decode(live);
      if (journal.kind !== 'Engaged') return failure(`${describeObject(live)} is under no constraint: what Git says is in force.`);
      const words = `What holds on ${describeObject(live)} can be said by one value only, and in Git it could not be told from the operator's: commit it after the release.`;
      return craft.propose?.(live, craft.intentOf(live, journal.journal.changes)) ?? failure(words);
    },
    disown,
  };
}

function unmetBy({ live }: ActuationInput, actuation: Actuation): RejectedClaim[] | Exclude<Verification, { kind: 'Verified' }> {
  switch (actuation.kind) {
    case 'Unchanged':
      return [...actuation.rejected];
    case 'Patch':
      return { kind: 'Waiting', message: `${describeObject(live)} does not show the latest patch yet.` };
    case 'Refused': {
      const [first] = actuation.rejected;
      return {
        kind: 'Failed',
        reason: first?.reason ?? 'Refused',
        message: first?.message ?? `${describeObject(live)} was left as it is.`,
      };
    }
  }
}

function planActuation<Changes extends JSONValue, Intent extends { readonly foreignEdit: boolean }>(
  craft: Craft<Changes, Intent>,
  input: ActuationInput,
  journal: Journal<Changes>,
): Actuation {
  const { live, claims, surroundings, nowMs } = input;
  const fenced = fence(input, journal);
  if (fenced !== null) return fenced;
  const engaged = journal.kind === 'Engaged' ? journal.journal : null;
  const released = engaged?.released ?? (journal.kind === 'Released' ? journal.journal.released : []);
  const ended = claims.filter((claim) => released.some((entry) => isOver(claim, entry)));
  const stands = standsOf(
    claims.filter((claim) => !ended.includes(claim)),
    engaged?.claims ?? [],
  );
  const yielded = yieldTo(craft, input, { stands, inForce: engaged?.claims ?? [] });
  if (yielded.length > 0)
    return { kind: 'Refused', rejected: sortRejected([...yielded, ...ended.map((claim) => endedClaim(claim, live))]) };
  const intent = craft.intentOf(live, engaged?.changes ?? null);
  const settlement = craft.settle({ live, intent, stands, surroundings, nowMs });
  const rejected = sortRejected([...settlement.rejected, ...ended.map((claim) => endedClaim(claim, live))]);
  if (settlement.held.length === 0 && engaged === null) {
    return rejected.length === 0 ? { kind: 'Unchanged', rejected, effective: settlement.after } : { kind: 'Refused', rejected };
  }
  const next = encodeJournal(nextJournal({ craft, input, journal, settlement }));
  if (next.length > maxJournalLength) return { kind: 'Refused', rejected: rejectAll(input, 'JournalTooLarge', tooLarge(next)) };
  const { tests, writes, lateWrites = [] } = settlement;
  const moves = writes.length + lateWrites.length > 0;
  const isSealed = craft.isSealed === true;
  const isWritten = annotationOf(live, journalAnnotation) === next && epochOf(live) === input.epoch;
  const unchanged = !moves && isWritten && (!isSealed || hasSealOf(live, next));
  const command = settlement.held.length === 0 ? null : (craft.statusPatch?.(live, settlement.changes) ?? null);
  const told = { before: settlement.before, after: settlement.after, intent: settlement.intended, rejected };
  if (unchanged && command === null) return { kind: 'Unchanged', rejected, effective: settlement.after };
  if (unchanged && command !== null) {
    const operations = [...carries(live), ...command.tests, ...command.writes];
    return { kind: 'Patch', subresource: 'status', isPartial: false, operations, moves: true, foreignEdit: false, ...told };
  }
  const stamped = (craft.resource.journal === 'Object' ? stampApart : stamp)(live, next, input.epoch);
  const sealed = isSealed ? seal(live, next) : { tests: [], writes: [] };
  return {
    kind: 'Patch',
    subresource: null,
    isPartial: command !== null,
    operations: [...stamped.tests, ...sealed.tests, ...tests, ...writes, ...stamped.writes, ...sealed.writes, ...lateWrites],
    moves,
    foreignEdit: intent.foreignEdit,
    ...told,
  };
}

/** Refusals of all that is asked, while somebody else sets the same fields. Whoever leaves is let go all the same. */
function yieldTo<Changes extends JSONValue, Intent extends { readonly foreignEdit: boolean }>(
  craft: Craft<Changes, Intent>,
  { live, surroundings }: ActuationInput,
  { stands, inForce }: { readonly stands: readonly Stand[]; readonly inForce: readonly Claim[] },
): readonly RejectedClaim[] {
  const asking = stands.filter(({ asked }) => asked.constraints.length > 0);
  const leaves = inForce.some(({ holder }) => !stands.some(({ asked }) => asked.holder.plan === holder.plan));
  const rival = asking.length === 0 || leaves ? null : (craft.yieldsTo?.(live, surroundings) ?? null);
  return rival === null ? [] : asking.map(({ asked }) => rejectClaim(asked, 'RolloutInProgress', rival));
}

interface JournalStep<Changes, Intent extends { readonly foreignEdit: boolean }> {
  readonly craft: Craft<Changes, Intent>;
  readonly input: ActuationInput;
  readonly journal: Journal<Changes>;
  readonly settlement: Settlement<Changes>;
}

function nextJournal<Changes, Intent extends { readonly foreignEdit: boolean }>(
  step: JournalStep<Changes, Intent>,
): EngagedJournal<Changes> | Tombstone {
  const { craft, input, journal, settlement } = step;
  const { live, nowMs } = input;
  const { held, changes, pending = false } = settlement;
  const own = journal.kind === 'Engaged' || journal.kind === 'Released' ? journal.journal : null;
  const isApart = craft.resource.journal === 'Object';
  const annotationsCreated = !isApart && (!hasAnnotations(live) || (own?.annotationsCreated ?? false));
  const envelope = { schemaVersion: journalSchemaVersion, uid: uidOf(live), targetKind: craft.targetKind, annotationsCreated } as const;
  const leaving = leavers(own?.state === 'Engaged' ? own.claims : [], held, input);
  const ended = [...(own?.released ?? []), ...leaving];
  // Whoever let go is named, also where the tombstone follows later.
  const actor = [...new Set((leaving.length > 0 ? leaving : ended).map((each) => each.actor))].join(', ') || input.actor;
  if (held.length === 0 && !pending) return { ...envelope, state: 'Released', actor, releasedAtMs: nowMs, released: bounded(ended) };
  const released = bounded(ended.filter((entry) => entry.unrecorded !== undefined || !held.some((claim) => succeeds(claim, entry))));
  return { ...envelope, state: 'Engaged', claims: held, released, changes };
}

/** What forbids any write at all; null when nothing does. */
function fence<Changes>(input: ActuationInput, journal: Journal<Changes>): Actuation | null {
  const { live, claims, epoch } = input;
  if (journal.kind === 'NewerSchema') {
    const message = `carries a journal of schema version ${journal.schemaVersion}, this operator knows ${journalSchemaVersion}: upgrade the operator`;
    return { kind: 'Refused', rejected: rejectAll(input, 'NewerJournal', message) };
  }
  const concerned = claims.length > 0 || journal.kind === 'Engaged';
  if (concerned && epochOf(live) > epoch) {
    const message = `was written by a leader of epoch ${epochOf(live)}, this one has ${epoch}: it must stop`;
    return { kind: 'Refused', rejected: rejectAll(input, 'NewerEpoch', message) };
  }
  return null;
}

/** In an order of their own, so that the order of arrival leaves no trace. */
function standsOf(claims: readonly Claim[], inForce: readonly Claim[]): readonly Stand[] {
  const stands = claims.map((asked) => {
    const held = inForce.find((each) => sameClaimant(each, asked));
    return { asked, held: held === undefined ? null : { ...held, holder: { ...held.holder, planUID: asked.holder.planUID } } };
  });
  // A plan that asks nothing and holds nothing leaves no trace either.
  return stands.filter(({ asked, held }) => asked.constraints.length > 0 || held !== null).sort((a, b) => byPrecedence(a.asked, b.asked));
}

/** By name, not by uid: a plan restored from a backup adopts what it held under its old uid. */
function sameClaimant(held: Claim, asked: Claim): boolean {
  return held.holder.plan === asked.holder.plan && held.target.name === asked.target.name;
}

/** The older plan first; at equal age the name that sorts first. */
export function byPrecedence(a: Claim, b: Claim): number {
  return a.holder.planCreatedAtMs - b.holder.planCreatedAtMs || compareText(claimKey(a), claimKey(b));
}

function claimKey(claim: Claim): string {
  const { holder, target } = claim;
  // The demand last: two claims of one plan on one target are a mistake, which must not depend on order either.
  return `${holder.plan}/${holder.planUID}/${target.name}/${demandText(claim)}`;
}

/** Whether two claims ask the same of the same. */
export function sameDemand(a: Claim, b: Claim): boolean {
  return demandText(a) === demandText(b);
}

function demandText({ target, constraints }: Claim): string {
  return canonicalJSON({ target, constraints: constraints.map((constraint) => ({ ...constraint })) });
}

function sortRejected(rejected: readonly RejectedClaim[]): readonly RejectedClaim[] {
  const key = ({ planUID, target, reason }: RejectedClaim): string => `${planUID}/${target}/${reason}`;
  const distinct = new Map(rejected.map((each) => [key(each), each]));
  return [...distinct.values()].sort((a, b) => compareText(key(a), key(b)));
}

/** By code unit: the same in every locale and replica. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A tombstone ends the engagement it names and all before it. */
function isOver({ holder }: Claim, entry: ReleasedEngagement): boolean {
  return holder.planUID === entry.planUID && holder.engagement <= entry.engagement;
}

export function rejectClaim({ holder, target }: Claim, reason: RefusalReason, message: string): RejectedClaim {
  return { planUID: holder.planUID, target: target.name, reason, message };
}

function endedClaim(claim: Claim, live: TargetObject): RejectedClaim {
  const message = `Engagement ${claim.holder.engagement} of plan ${claim.holder.plan} was released from ${describeObject(live)}; only a new engagement can act on it again.`;
  return rejectClaim(claim, 'Released', message);
}

function rejectAll({ live, claims }: ActuationInput, reason: RefusalReason, what: string): readonly RejectedClaim[] {
  return sortRejected(claims.map((claim) => rejectClaim(claim, reason, `${describeObject(live)} ${what}.`)));
}

function tooLarge(text: string): string {
  return `would need a journal of ${text.length} characters, the most we write is ${maxJournalLength}: name fewer rules, split the object, or make its pod template smaller`;
}
