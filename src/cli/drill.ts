import { byObject, refuseEverywhere, rehearse, tryLocally } from '../actuators/rehearsal.ts';
import { serviceNameLabel, surroundingsIn } from '../actuators/backends.ts';
import type { Actuator, Surroundings } from '../actuators/port.ts';
import { drillFromStatus, drillRequestAnnotation } from '../api/drill.ts';
import { toInstant } from '../api/instant.ts';
import { parseMitigationPlan } from '../api/mitigation-plan.ts';
import type { MitigationPlan } from '../api/mitigation-plan.ts';
import { toPlanSnapshot } from '../api/plan-to-core.ts';
import { planTerms } from '../api/terms.ts';
import type { PlanTerms } from '../api/terms.ts';
import { readTier } from './read-tier.ts';
import type { TierClients } from './read-tier.ts';
import { explainRecovery } from '../core/drill/recovery.ts';
import { judgeSteps } from '../core/drill/outcome.ts';
import type { DrillOutcome, DrillStep } from '../core/drill/outcome.ts';
import { targetKindOf } from '../core/model/target.ts';
import type { Target } from '../core/model/target.ts';
import { actedOn } from '../core/plan/stage.ts';
import type { ObjectReference, UntypedObject } from '../kube/kube-object.ts';
import type { ResourceClient } from '../kube/resource-client.ts';
import type { Clock } from '../shared/clock.ts';
import type { JSONPatchOperation } from '../shared/json.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { listAll } from './list-all.ts';

type Client = Pick<ResourceClient<UntypedObject>, 'get' | 'listPage' | 'patch'>;

export interface DryDrillClients extends TierClients {
  readonly plans: Pick<Client, 'get'>;
  readonly services: Pick<Client, 'listPage'>;
  readonly endpointSlices: Pick<Client, 'listPage'>;
  readonly targets: ReadonlyMap<string, { readonly actuator: Actuator; readonly client: Pick<Client, 'get'> }>;
}

export interface DryDrillReport {
  readonly namespace: string;
  readonly plan: string;
  readonly result: DrillOutcome['result'];
  readonly steps: readonly DrillStep[];
  readonly sentences: readonly string[];
}

/** Any that an epoch on an object can't be above: nobody writes here. */
const highestEpoch = 999_999_999_999_999;

/**
 * `kubectl modelrisk drill PLAN --dry-run`: what the operator would do, stage by stage, and whether it could give it back; computed
 * here from what the caller may read. What the API server would say of it only the operator's own drill can tell.
 */
export async function rehearsePlan(clients: DryDrillClients, at: ObjectReference, nowMs: number): Promise<Result<DryDrillReport, string>> {
  const plan = await readPlan(clients.plans, at);
  if (!plan.ok) return plan;
  const { namespace, name } = { namespace: at.namespace ?? '', name: at.name };
  const surroundings = await readSurroundings(clients, namespace);
  if (!surroundings.ok) return surroundings;
  const terms = await readTerms(clients, plan.value, namespace);
  if (!terms.ok) return terms;
  const snapshot = toPlanSnapshot(plan.value, terms.value);
  const steps: DrillStep[] = [];
  for (const targets of byObject(actedOn(snapshot))) {
    const [first] = targets;
    const { kind, object } = first;
    const known = clients.targets.get(targetKindOf(first));
    if (known === undefined) return failure(whyUnknown(first));
    const read = await known.client.get({ namespace, name: object });
    if (!read.ok) {
      if (read.failure.kind !== 'NotFound') return failure(`${kind} ${namespace}/${object} can't be read: ${read.failure.message}`);
      steps.push(...refuseEverywhere(snapshot, targets, (target) => missing(target, namespace)));
      continue;
    }
    const rehearsed = { actuator: known.actuator, live: read.value, snapshot, targets, epoch: highestEpoch, nowMs };
    const tried = await rehearse({ ...rehearsed, surroundings: surroundings.value }, tryLocally);
    if (!tried.ok) return failure(tried.failure.message);
    steps.push(...tried.value);
  }
  const { result, message } = judgeSteps(steps);
  const summary = `MitigationPlan ${namespace}/${name}: ${result === 'Passed' ? 'every stage could be taken and given back; nothing was touched, so no time was measured.' : message}`;
  return success({ namespace, plan: name, result, steps, sentences: [...stepTable(steps), summary, ...notTried(plan.value)] });
}

/** What waits for signatures the operator would not do. What it does in its place stands in the sign-offs, which need not be the caller's to read. */
function notTried({ status }: Pick<MitigationPlan, 'status'>): readonly string[] {
  const fields = (status.signed?.terms ?? []).map(({ field }) => field).join(', ');
  if (fields === '') return [];
  return [
    `This tried the plan as it is written. Of ${fields} what was signed is in force instead, until all have signed: leave --dry-run out and the operator tries that.`,
  ];
}

function whyUnknown(target: Target): string {
  if (target.kind !== 'Patch') return `This version knows no target of kind ${target.kind}: use a newer kubectl-modelrisk.`;
  const resource = target.group === '' ? target.resource : `${target.resource}.${target.group}`;
  return `Target ${target.name} patches ${resource}, whose version and kind only the operator was told: list it in --patch-kinds.`;
}

function missing({ kind, object, name }: Target, namespace: string): Pick<DrillStep, 'reason' | 'message'> {
  const message = `${kind} ${object} (target ${name}) does not exist in namespace ${namespace}; create it or correct the target's name.`;
  return { reason: 'TargetMissing', message };
}

async function readPlan(client: Pick<Client, 'get'>, at: ObjectReference): Promise<Result<MitigationPlan, string>> {
  const where = `MitigationPlan ${at.namespace ?? ''}/${at.name}`;
  const read = await client.get(at);
  if (!read.ok) return failure(`${where} can't be read: ${read.failure.message}`);
  const parsed = parseMitigationPlan(read.value);
  return parsed.ok ? parsed : failure(`${where} is not readable: ${parsed.failure.join('; ')}`);
}

/** Only a plan that has stages of its own can be tried without its model and policy: those need not be the caller's to read. */
async function readTerms(clients: TierClients, { spec }: MitigationPlan, namespace: string): Promise<Result<PlanTerms, string>> {
  if (spec.stages !== undefined) return success(planTerms(spec, null));
  const read = await readTier(clients, { namespace, name: spec.riskRef.name });
  return read.ok ? success(planTerms(spec, read.value.tier)) : read;
}

async function readSurroundings(clients: DryDrillClients, namespace: string): Promise<Result<Surroundings, string>> {
  const services = await listAll(clients.services, namespace);
  if (!services.ok) return failure(`Services of namespace ${namespace} can't be listed: ${services.failure.message}`);
  const slices = await listAll(clients.endpointSlices, namespace);
  if (!slices.ok) return failure(`EndpointSlices of namespace ${namespace} can't be listed: ${slices.failure.message}`);
  const isIn = (object: UntypedObject, where: string): boolean => object.metadata.namespace === where;
  return success(
    surroundingsIn({
      service: (where, name) => services.value.find((object) => isIn(object, where) && object.metadata.name === name),
      slicesOf: (where, name) =>
        slices.value.filter((object) => isIn(object, where) && object.metadata.labels?.[serviceNameLabel] === name),
      rollersOf: () => [],
      workload: () => failure({ reason: 'NotRead', message: 'Revisions of workloads are read by the operator only: leave --dry-run out.' }),
    }),
  );
}

/** Columns as `kubectl get` prints them. */
function stepTable(steps: readonly DrillStep[]): readonly string[] {
  const rows = [
    ['STAGE', 'TARGET', 'OUTCOME', ''],
    ...steps.map(({ stage, target, outcome, reason, message }) => [
      stage ?? '(way back)',
      target,
      outcome === 'Ok' ? 'ok' : 'refused',
      [reason, message].filter((part) => part !== '').join(': '),
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

export interface DrillReport {
  readonly namespace: string;
  readonly plan: string;
  readonly request: string;
  /** Null: it was only asked for. */
  readonly result: DrillOutcome['result'] | null;
  readonly steps: readonly DrillStep[];
  readonly sentences: readonly string[];
}

export interface DrillAsk {
  readonly client: Pick<Client, 'get' | 'patch'>;
  readonly at: ObjectReference;
  /** 0: it is only asked for. */
  readonly waitSeconds: number;
  readonly clock: Clock;
}

/** Between two looks whether it is over. */
const lookMs = 1000;

/** `kubectl modelrisk drill PLAN`: asks the operator for a drill, and waits for what it comes to. */
export async function askForDrill({ client, at, waitSeconds, clock }: DrillAsk): Promise<Result<DrillReport, string>> {
  const plan = await readPlan(client, at);
  if (!plan.ok) return plan;
  const where = `MitigationPlan ${at.namespace ?? ''}/${at.name}`;
  const request = toInstant(clock.nowMs());
  const asked = await client.patch(at, requestPatch(plan.value, request));
  if (!asked.ok) return failure(`${where} was not asked for a drill: ${asked.failure.message}`);
  const report = { namespace: at.namespace ?? '', plan: at.name, request };
  const untilMs = clock.nowMs() + waitSeconds * 1000;
  while (clock.nowMs() < untilMs) {
    const drilled = await answerTo(client, at, request);
    if (!drilled.ok) return drilled;
    if (drilled.value !== null) return success({ ...report, ...tell(where, drilled.value) });
    await new Promise<void>((resolve) => clock.after(lookMs, resolve));
  }
  if (waitSeconds > 0)
    return failure(
      `${where} was asked for a drill, and none ended within ${waitSeconds} s: see whether an operator runs, and look at its status.lastDrill.`,
    );
  const sentence = `${where} was asked for a drill (${request}); its status.lastDrill tells what it comes to.`;
  return success({ ...report, result: null, steps: [], sentences: [sentence] });
}

function requestPatch({ metadata }: MitigationPlan, request: string): readonly JSONPatchOperation[] {
  const path = `/metadata/annotations/${drillRequestAnnotation.replace('/', '~1')}`;
  const uid: JSONPatchOperation = { op: 'test', path: '/metadata/uid', value: metadata.uid };
  if (metadata.annotations === undefined)
    return [uid, { op: 'add', path: '/metadata/annotations', value: { [drillRequestAnnotation]: request } }];
  return [uid, { op: 'add', path, value: request }];
}

async function answerTo(client: Pick<Client, 'get'>, at: ObjectReference, request: string): Promise<Result<DrillOutcome | null, string>> {
  const plan = await readPlan(client, at);
  if (!plan.ok) return plan;
  const { lastDrill } = plan.value.status;
  return success(lastDrill?.request === request ? drillFromStatus(lastDrill) : null);
}

function tell(where: string, drilled: DrillOutcome): Pick<DrillReport, 'result' | 'steps' | 'sentences'> {
  const { result, scope, message, steps, timeToMitigateMs, restored, incident } = drilled;
  const compared = timeToMitigateMs === null ? '' : ` ${restored === 'Restored' ? 'Given back to the byte.' : `${restored}.`}`;
  const took = result === 'Passed' || timeToMitigateMs !== null ? ` ${explainRecovery(drilled)}${compared}` : '';
  const why = message === '' ? '' : ` ${message}`;
  const record = incident === null ? '' : ` Record: RiskIncident ${incident}.`;
  return {
    result,
    steps,
    sentences: [...(steps.length === 0 ? [] : stepTable(steps)), `${where}: drill (${scope}) ${result}.${took}${why}${record}`],
  };
}
