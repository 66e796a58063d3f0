import type { DrillStep } from '../core/drill/outcome.ts';
import type { PlanSnapshot } from '../core/model/plan.ts';
import { targetKindOf } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import { constraintsOf, roomIsDueAfterMs } from '../core/plan/stage.ts';
import type { EpochMs } from '../shared/clock.ts';
import { firstDifference } from '../shared/difference.ts';
import { applyPatch } from '../shared/json-patch.ts';
import type { JSONPatchOperation } from '../shared/json.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { describeObject, usersPart } from './metadata.ts';
import type { Actuation, ActuationInput, Actuator, Claim, Surroundings, TargetObject } from './port.ts';

/** One object of a plan, and all the plan may do to it. */
export interface RehearsedObject {
  readonly actuator: Actuator;
  readonly live: TargetObject;
  readonly snapshot: PlanSnapshot;
  /** The targets of the plan that are this object. */
  readonly targets: readonly Target[];
  readonly epoch: number;
  readonly nowMs: EpochMs;
  readonly surroundings: Surroundings;
}

/** Why a patch would not be taken; `isAnswer` false: nobody said so, it can only be tried again. */
export interface TrialFailure {
  readonly reason: string;
  readonly message: string;
  readonly isAnswer: boolean;
}

/** Sends a patch so that nothing of it is kept, and answers the object as it would be. */
export type TryPatch = (live: TargetObject, operations: readonly JSONPatchOperation[]) => Promise<Result<TargetObject, TrialFailure>>;

/** What is done where there is no server to ask: the object as the patch alone makes it. */
export const tryLocally: TryPatch = (live, operations) => Promise.resolve(patched(live, operations));

/** The targets of a plan, object by object. */
export function byObject(targets: readonly Target[]): readonly (readonly [Target, ...Target[]])[] {
  const groups = new Map<string, [Target, ...Target[]]>();
  for (const target of targets) {
    const key = `${targetKindOf(target)}/${target.object}`;
    const known = groups.get(key);
    groups.set(key, known === undefined ? [target] : [...known, target]);
  }
  return [...groups.values()];
}

/** No stage can be tried on these. */
export function refuseEverywhere(
  snapshot: PlanSnapshot,
  targets: readonly Target[],
  why: (target: Target) => Pick<DrillStep, 'reason' | 'message'>,
): readonly DrillStep[] {
  return snapshot.stages.flatMap((stage) =>
    targets
      .filter(({ name }) => constraintsOf(stage, name).length > 0)
      .map((target): DrillStep => ({ stage: stage.name, target: target.name, outcome: 'Refused', ...why(target) })),
  );
}

/**
 * Computes every stage as an engagement would enter it from how the object stands, tries each patch, then climbs the ladder stage by
 * stage and comes down again. One step a stage and target, then the way back: equal to the byte outside our own fields, or not.
 */
export async function rehearse(object: RehearsedObject, tryPatch: TryPatch): Promise<Result<readonly DrillStep[], TrialFailure>> {
  const steps: DrillStep[] = [];
  const damages: (string | null)[] = [];
  for (const [index, stage] of object.snapshot.stages.entries()) {
    const named = object.targets.filter(({ name }) => constraintsOf(stage, name).length > 0);
    if (named.length === 0) continue;
    const entered = await enter(object, { index, targets: named }, tryPatch);
    if (!entered.ok) return entered;
    steps.push(...entered.value.steps);
    damages.push(entered.value.damage);
  }
  const climbed = climb(object);
  const damage = [...damages, climbed].find((each) => each !== null) ?? null;
  return success([...steps, ...object.targets.map(({ name }) => returnStep(name, damage))]);
}

interface Entry {
  readonly steps: readonly DrillStep[];
  /** How giving back from here would differ from before; null: not at all. */
  readonly damage: string | null;
}

async function enter(
  object: RehearsedObject,
  { index, targets }: { readonly index: number; readonly targets: readonly Target[] },
  tryPatch: TryPatch,
): Promise<Result<Entry, TrialFailure>> {
  const { actuator, live, snapshot } = object;
  const stage = snapshot.stages[index]?.name ?? String(index);
  const claims = targets.map((target) => claimOf(object, target, index));
  const input = inputOf(object, live, claims);
  const actuation = actuator.plan(input);
  const refused = refusalsOf(object, actuation, index);
  const stepsWith = (all: Pick<DrillStep, 'reason' | 'message'> | null): readonly DrillStep[] =>
    targets.map(({ name: target }) => {
      const why = refused.get(target) ?? all;
      return why === null
        ? { stage, target, outcome: 'Ok', reason: '', message: textOf(actuation) }
        : { stage, target, outcome: 'Refused', ...why };
    });
  if (actuation.kind !== 'Patch') return success({ steps: stepsWith(null), damage: null });
  const tried = await tryPatch(live, actuation.operations);
  if (!tried.ok) return tried.failure.isAnswer ? success({ steps: stepsWith(tried.failure), damage: null }) : tried;
  const verification = actuator.verify({ ...input, live: tried.value });
  const failed = verification.kind === 'Failed' ? verification : null;
  return success({ steps: stepsWith(failed), damage: damageOf(object, tried.value) });
}

/** The ladder as escalation climbs it, each stage over what the one before left; how the end differs from before, null: not at all. */
function climb(object: RehearsedObject): string | null {
  let standing = object.live;
  const acted = new Set<string>();
  for (const [index, stage] of object.snapshot.stages.entries()) {
    for (const { name } of object.targets) if (constraintsOf(stage, name).length > 0) acted.add(name);
    const claims = object.targets.filter(({ name }) => acted.has(name)).map((target) => claimOf(object, target, index));
    const actuation = object.actuator.plan(inputOf(object, standing, claims));
    if (actuation.kind !== 'Patch') continue;
    const next = patched(standing, actuation.operations);
    if (!next.ok) return `stage ${stage.name} can't follow the one before (${next.failure.message})`;
    standing = next.value;
  }
  return damageOf(object, standing);
}

/** Gives everything of the plan back from `standing`, bookkeeping included, and compares with before. */
function damageOf(object: RehearsedObject, standing: TargetObject): string | null {
  const { actuator, live } = object;
  const release = actuator.plan(inputOf(object, standing, []));
  const released = release.kind === 'Patch' ? patched(standing, release.operations) : success(standing);
  if (!released.ok) return `the release does not fit (${released.failure.message})`;
  const finish = actuator.finish(released.value);
  const finished = finish === null ? released : patched(released.value, finish);
  if (!finished.ok) return `the end of the release does not fit (${finished.failure.message})`;
  return firstDifference(usersPart(live), usersPart(finished.value));
}

function returnStep(target: string, damage: string | null): DrillStep {
  if (damage === null) return { stage: null, target, outcome: 'Ok', reason: '', message: '' };
  return { stage: null, target, outcome: 'Refused', reason: 'NotRestored', message: `It would not be as it was before: ${damage}.` };
}

function inputOf(object: RehearsedObject, live: TargetObject, own: readonly Claim[]): ActuationInput {
  const { actuator, snapshot, epoch, nowMs, surroundings } = object;
  const reading = actuator.readJournal(object.live);
  const held = reading.kind === 'Engaged' ? reading.claims : [];
  const others = held.filter(({ holder }) => holder.plan !== snapshot.plan.name);
  return { live, claims: [...others, ...own], epoch, nowMs, actor: 'operator', surroundings };
}

/** The engagement is one no tombstone can have ended. */
function claimOf({ snapshot, nowMs }: RehearsedObject, target: Target, index: number): Claim {
  const { name, uid, generation, digest, createdAtMs } = snapshot.plan;
  const stage = snapshot.stages[index];
  const holder = {
    ...{ plan: name, planUID: uid, planGeneration: generation, planDigest: digest, planCreatedAtMs: createdAtMs },
    engagement: Number.MAX_SAFE_INTEGER,
    stage: index,
    stageSinceMs: nowMs + index,
    triggeredBy: snapshot.trigger.indicators,
    readings: [],
    unrecorded: [],
  };
  return { holder, target, constraints: stage === undefined ? [] : constraintsOf(stage, target.name) };
}

/** A stage that asks for replicas itself finds the endpoints it lacks now. */
function refusalsOf(
  { snapshot }: RehearsedObject,
  { rejected }: Actuation,
  index: number,
): ReadonlyMap<string, Pick<DrillStep, 'reason' | 'message'>> {
  const makesRoom = roomIsDueAfterMs(snapshot.stages[index], []) > 0;
  const own = rejected.filter(({ planUID, reason }) => planUID === snapshot.plan.uid && !(makesRoom && reason === 'SafeBackendNotReady'));
  return new Map(own.map(({ target, reason, message }) => [target, { reason, message }]));
}

function textOf(actuation: Actuation): string {
  if (actuation.kind === 'Patch')
    return actuation.before === actuation.after ? actuation.after : `${actuation.before} -> ${actuation.after}`;
  return actuation.kind === 'Unchanged' ? actuation.effective : '';
}

function patched(live: TargetObject, operations: readonly JSONPatchOperation[]): Result<TargetObject, TrialFailure> {
  const applied = applyPatch(live, operations);
  if (applied.ok) return success(applied.value as TargetObject);
  const message = `The patch of ${describeObject(live)} does not fit the object: ${applied.failure}.`;
  return failure({ reason: 'Conflict', message, isAnswer: true });
}
