import type { Fact, HeldObject } from '../core/fact-chain.ts';
import type { EpochMs } from '../shared/clock.ts';
import { createdIn, decisionText, generationIn, writtenText } from './fact-content.ts';
import { factsInOrder } from './fact-runs.ts';

export interface ObjectsToAudit {
  readonly facts: readonly Fact[];
  /** What the export holds beside facts: a copy that was made of a cluster. */
  readonly copied: readonly HeldObject[];
  /** What the cluster holds. */
  readonly held: readonly HeldObject[];
  readonly nowMs: EpochMs;
  /** How old an object may be that the sink was not told of. */
  readonly graceMs: number;
}

export interface ObjectsAudit {
  readonly findings: readonly string[];
  /** Objects that stand as they were told. */
  readonly compared: number;
  /** Of which the sink does not know the newest yet: edited or deleted since, or too young. */
  readonly unsettled: number;
  /** Decisions the export tells are gone: with their namespace, or by whoever may end their keeping. */
  readonly goneDecisions: number;
}

type Told = HeldObject & Pick<Fact, 'event'>;

type Judgement = { readonly finding: string } | 'Same' | 'Unsettled' | 'Gone';

/** An object that went never comes back, and its generation never falls: that says more than the order of two runs of which neither follows the other. */
function later(before: Told | undefined, told: Told): Told {
  if (before === undefined || told.event === 'Gone') return told;
  if (before.event === 'Gone') return before;
  const [known, now] = [generationIn(before.content), generationIn(told.content)];
  return known !== null && now !== null && now < known ? before : told;
}

function newestTold({ facts, copied }: ObjectsToAudit): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>(copied.map((object) => [object.uid, { ...object, event: 'Seen' }]));
  for (const { kind, namespace, name, uid, content, event } of factsInOrder(facts))
    if (kind !== 'RiskIncident') told.set(uid, later(told.get(uid), { kind, namespace, name, uid, content, event }));
  return told;
}

const nameOf = ({ kind, namespace, name }: HeldObject): string => `${kind} ${name}${namespace === '' ? '' : ` of namespace ${namespace}`}`;

/** A decision stays as it was made, and is never deleted but with a fact that says so. */
function compareDecision(told: Told, held: HeldObject): Judgement {
  if (decisionText(told.content) === decisionText(held.content)) return 'Same';
  return { finding: `${nameOf(told)} is not the one the sink was told of: it was changed past admission` };
}

/** Its author may edit it, and the generation says so: a text that is another at the same generation no API server wrote. */
function compareWritten(told: Told, held: HeldObject): Judgement {
  const [before, now] = [generationIn(told.content), generationIn(held.content)];
  const isSame = writtenText(told.content) === writtenText(held.content);
  if (before === null || now === null) return isSame ? 'Same' : 'Unsettled';
  if (now < before)
    return { finding: `${nameOf(told)} stands at generation ${now}, the sink was told of ${before}: an older one was put back` };
  if (now > before) return 'Unsettled';
  return isSame
    ? 'Same'
    : { finding: `${nameOf(told)} has another text than generation ${now} had when the sink was told: it was changed past admission` };
}

function judge(told: Told, held: HeldObject | undefined): Judgement {
  if (held === undefined) {
    if (told.event === 'Gone') return 'Gone';
    // Models and policies may be deleted: while no operator runs nobody tells of it.
    if (told.kind !== 'RiskDecision') return 'Unsettled';
    return {
      finding: `${nameOf(told)} is gone, and no fact says so: it was deleted past admission, while no operator ran, or since the export was taken`,
    };
  }
  if (told.event === 'Gone')
    return { finding: `${nameOf(told)} is there, though the sink was told that it was gone: it was put back past admission` };
  if (told.kind !== held.kind || told.namespace !== held.namespace || told.name !== held.name)
    return { finding: `${nameOf(told)} stands in the cluster as ${nameOf(held)}` };
  return told.kind === 'RiskDecision' ? compareDecision(told, held) : compareWritten(told, held);
}

function judgeUntold(held: HeldObject, { nowMs, graceMs }: ObjectsToAudit): Judgement {
  const at = createdIn(held.content);
  // A time in the future excuses nothing either.
  if (Math.abs(nowMs - Date.parse(at)) <= graceMs) return 'Unsettled';
  return { finding: `${nameOf(held)} of ${at} is not in the export: it was added beside the record, or the export lacks its end` };
}

/**
 * Checks what a cluster holds against what the sink was told. Found: a decision that was changed, added, put back, or deleted where no
 * fact says so; another text of a model or a policy at the generation that was told. Not found: what came of a decision, what stands in
 * annotations, and whatever an operator saw and told as if it were rightful.
 */
export function auditObjects(audit: ObjectsToAudit): ObjectsAudit {
  const told = newestTold(audit);
  const held = new Map(audit.held.map((object) => [object.uid, object]));
  const judged = [
    ...[...told.values()].map((each) => ({ kind: each.kind, judgement: judge(each, held.get(each.uid)) })),
    ...audit.held.flatMap((each) => (told.has(each.uid) ? [] : [{ kind: each.kind, judgement: judgeUntold(each, audit) }])),
  ];
  const count = (wanted: Judgement): number => judged.filter(({ judgement }) => judgement === wanted).length;
  return {
    findings: judged.flatMap(({ judgement }) => (typeof judgement === 'object' ? [judgement.finding] : [])),
    compared: count('Same'),
    unsettled: count('Unsettled'),
    goneDecisions: judged.filter(({ kind, judgement }) => kind === 'RiskDecision' && judgement === 'Gone').length,
  };
}
