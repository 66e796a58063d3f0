import { createHash } from 'node:crypto';
import { toIdentity, indicatorMemoryFromStatus } from '../api/to-core.ts';
import type { IndicatorInForce, ModelRisk } from '../api/model-risk.ts';
import { resolveIndicator, type MeasuredIndicator, type ResolvedIndicator } from '../api/resolve-indicator.ts';
import { rememberedRatios } from '../api/risk-register.ts';
import { signedLimits } from '../api/signed-limits.ts';
import type { HeldTerm } from '../api/signed-limits.ts';
import type { SignedModel } from '../api/signed-text.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { indicatorInForce, riskTerms, underFloors } from '../api/terms.ts';
import type { RiskTerms } from '../api/terms.ts';
import type { TierSpec } from '../api/risk-tier.ts';
import { tierInForce } from '../api/tier-status.ts';
import { readReferences } from './config-map-references.ts';
import type { ReadText } from './reference-sight.ts';
import { initialIndicatorMemory, restartIndicator } from '../core/indicator.ts';
import type { Blindness } from '../core/blindness.ts';
import type { Assessment } from '../core/model/assessment.ts';
import type { Indicator, IndicatorMemory } from '../core/model/indicator.ts';
import type { ModelIdentity, Observation, Served } from '../core/model/observation.ts';
import { quorumProvider } from '../core/quorum.ts';
import { isHinderedBy } from '../core/pace.ts';
import type { Pace } from '../core/pace.ts';
import type { ObjectKey } from '../kube/kube-object.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { JSONValue } from '../shared/json.ts';
import type { SignalDefinition } from '../signals/port.ts';
import { clusterSignalProblem, signalProblem } from '../signals/signal-problem.ts';

/** Where an indicator stands in the answers of one kind. */
export interface ServedReading {
  readonly memory: IndicatorMemory;
  readonly assessment: Assessment | null;
  /** Newest value there ever was of this version. */
  readonly lastSeen: { readonly value: number; readonly dataTimeMs: EpochMs } | null;
  /** Assessment at the last change of verdict or state: what the status shows, so that it does not churn. */
  readonly shown: Assessment | null;
}

/** One of the indicators a quorum counts, with all it takes to read and judge it: an engagement keeps it as it was. */
export interface QuorumMember {
  readonly indicator: Indicator;
  readonly signal: SignalDefinition;
}

/** In place of a query: the members whose verdicts are counted. */
export interface QuorumSignal {
  readonly kind: 'Quorum';
  readonly provider: string;
  readonly windowSeconds: number;
  readonly members: readonly QuorumMember[];
}

/** One indicator of a risk: what it is, where its number comes from, where it stands. */
export interface IndicatorState {
  readonly indicator: Indicator;
  readonly signal: SignalDefinition | QuorumSignal;
  /** The query can't be asked or can't answer for this model: what is missing then says nothing of the model. */
  readonly invalid: boolean;
  /** Of the signal and whose series answer it: another digest is another number. */
  readonly digest: string;
  /** Never empty; two where plans of one risk stand in stages that leave different answers to measure. */
  readonly readings: Map<Served, ServedReading>;
  /** Since when there has been no usable reading of these answers; none while there is one. */
  readonly blindness: Map<Served, Blindness>;
  /** How fast these answers come; begins anew with every edit of the risk or its policy. */
  readonly paces: Map<Served, Pace>;
  /** Last answers about the members of a quorum, by version and kind of answers; forgotten with the version under guard. */
  readonly votes: Map<string, Map<string, Observation>>;
}

/** What the readings of one indicator are: a signal, and whose series answer it. */
export interface FrozenSource {
  readonly signal: SignalDefinition | QuorumSignal;
  readonly model: string;
  readonly digest: string;
}

/** Why a risk can't be assessed in full: one reason a condition, one sentence each. */
export interface RiskProblem {
  readonly reason:
    | 'PolicyMissing'
    | 'PolicyUnreadable'
    | 'SignalMissing'
    | 'SignalInvalid'
    | 'Unreadable'
    | 'TierMissing'
    | 'IndicatorRequired'
    | 'PlanRequired'
    | 'CategoryUnknown'
    | 'ModelTwice';
  readonly message: string;
}

/** Everything the operator holds in memory for one ModelRisk. */
export interface RiskState {
  readonly key: ObjectKey;
  readonly uid: string;
  readonly risk: ModelRisk;
  /** What it is held to: as declared, by its playbook and under the floors of its tier. */
  readonly terms: RiskTerms;
  /** As its owner wrote it: what people look at, review and sign. */
  readonly written: ModelRisk;
  /** Null: nothing of it was ever signed by all who have to. */
  readonly signed: SignedInForce | null;
  readonly identity: ModelIdentity;
  /** Those whose signal was found. */
  readonly indicators: ReadonlyMap<string, IndicatorState>;
  /** Of every indicator of the spec: what was known stays known while its signal can't be found. */
  readonly readings: ReadonlyMap<string, Map<Served, ServedReading>>;
  /** Indicators that are Clear only because nothing of this version was read yet. */
  readonly unproven: Set<string>;
  readonly problems: readonly RiskProblem[];
  /** Factor on the odds of an incident each indicator stands at, by the last word it had; outlives spec, version and process. */
  readonly ratios: Map<string, number>;
  /** Judged on the version a plan would move to, by version and `sourceKey`. */
  readonly safe: Map<string, Map<string, Assessment>>;
}

/** How a provider of a policy is known to the signal source. */
export function providerKey(policy: RiskPolicy, provider: string): string {
  return `${policy.metadata.name}/${provider}`;
}

/** Tells apart the readings of one indicator that plans take from different sources. */
export function sourceKey({ indicator, digest }: Pick<IndicatorState, 'indicator' | 'digest'>): string {
  return `${indicator.name} ${digest}`;
}

/** From least to most grave. */
const gravity: readonly IndicatorMemory['state'][] = ['Clear', 'Pending', 'Clearing', 'Firing'];

/** The gravest of its readings: what status and metrics show, and what a restart goes on with. Of two alike, that of live answers. */
export function gravestReading({ readings }: Pick<IndicatorState, 'readings'>): ServedReading {
  const all = [...readings].sort(([a], [b]) => Number(b === 'Live') - Number(a === 'Live')).map(([, reading]) => reading);
  const [first, ...others] = all;
  if (first === undefined) throw new Error('an indicator without a reading');
  return others.reduce((gravest, each) => (rank(each) > rank(gravest) ? each : gravest), first);
}

function rank({ memory }: ServedReading): number {
  return gravity.indexOf(memory.state);
}

/** Where the indicator stands in `served` answers; nobody has read them yet: where it stands in the others, without evidence. */
export function readingIn(state: IndicatorState, served: Served): ServedReading {
  const { memory, lastSeen, shown } = gravestReading(state);
  return state.readings.get(served) ?? { memory: restartIndicator(memory), assessment: null, lastSeen, shown };
}

/** Since when there is no usable reading of the answers that are read now, one time for each kind of them; those read no more say nothing. */
export function blindIn({ blindness, readings }: Pick<IndicatorState, 'blindness' | 'readings'>): readonly Blindness[] {
  return [...blindness].flatMap(([served, each]) => (readings.has(served) ? [each] : []));
}

/** The pace of answers that come too far apart for the indicator's waits ever to end; null while all keep up. */
export function hinderingPace({ indicator, paces, readings }: IndicatorState): Pace | null {
  return [...paces].find(([served, pace]) => readings.has(served) && isHinderedBy(indicator, pace))?.[1] ?? null;
}

/** From now on these answers are read and no others: what was known of others goes on in what begins. */
export function readOnly(state: IndicatorState, needed: readonly Served[]): void {
  const next = needed.map((served) => [served, readingIn(state, served)] as const);
  state.readings.clear();
  for (const [served, reading] of next) state.readings.set(served, reading);
}

/** What the status remembers; null when it is silent, or speaks of another spec than this one. */
function rememberedMemory(risk: ModelRisk, name: string): IndicatorMemory | null {
  const status = risk.status.indicators.find((entry) => entry.name === name);
  return status === undefined ? null : indicatorMemoryFromStatus(status);
}

/** Clear by default is no evidence: an engagement in progress waits until the indicator was seen Clear for its whole time. */
export function distrustUnproven({ readings, unproven }: RiskState, names: readonly string[], nowMs: EpochMs): void {
  for (const name of names.filter((each) => unproven.has(each)))
    for (const [served, reading] of readings.get(name) ?? [])
      if (reading.memory.state === 'Clear')
        readings.get(name)?.set(served, { ...reading, memory: { state: 'Clearing', sinceMs: nowMs, lastPolledAtMs: null } });
}

/** Of an indicator of an engagement whose readings begin anew: Firing is kept, and Clear is to be earned. */
export function readingsToEarn(known: ReadonlyMap<Served, ServedReading> | undefined, nowMs: EpochMs): Map<Served, ServedReading> {
  const clearing: IndicatorMemory = { state: 'Clearing', sinceMs: nowMs, lastPolledAtMs: null };
  const unread = { memory: clearing, assessment: null, lastSeen: null, shown: null };
  const readings = restarted(known ?? new Map([['Live', unread]]));
  for (const [served, { memory }] of readings) if (memory.state === 'Clear') readings.set(served, unread);
  return readings;
}

function restarted(readings: ReadonlyMap<Served, ServedReading>): Map<Served, ServedReading> {
  return new Map(
    [...readings].map(([served, { memory }]) => [
      served,
      { memory: restartIndicator(memory), assessment: null, lastSeen: null, shown: null },
    ]),
  );
}

function digestOf(signal: SignalDefinition | QuorumSignal, model: string): string {
  const text = canonicalJSON(JSON.parse(JSON.stringify({ signal: identifying(signal), model })) as JSONValue);
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** Of a member also what it is judged by: other limits give another verdict. How long it waits, and what it scales with, are not counted. */
function identifying(signal: SignalDefinition | QuorumSignal): object {
  if (signal.kind !== 'Quorum') return signal;
  const members = signal.members.map((member) => {
    const { name, threshold, minSamples, staleAfterSeconds } = member.indicator;
    return { name, threshold, minSamples, staleAfterSeconds, signal: member.signal };
  });
  return { kind: signal.kind, members };
}

/** What a value scales with says what it is used for, not what it is: the digest must not change with it. Two policies may give one name to two servers. */
export function definitionOf({ signal }: Pick<MeasuredIndicator, 'signal'>, policy: RiskPolicy): SignalDefinition {
  const { scalesWith: _, ...read } = signal;
  return { ...read, provider: providerKey(policy, read.provider) };
}

function sourceOf(resolved: ResolvedIndicator, policy: RiskPolicy): SignalDefinition | QuorumSignal {
  if (resolved.kind === 'Measured') return definitionOf(resolved, policy);
  const members = resolved.members.map((member) => ({ indicator: member.indicator, signal: definitionOf(member, policy) }));
  return { kind: 'Quorum', provider: quorumProvider, windowSeconds: resolved.indicator.windowSeconds, members };
}

/** What all who have to have signed last, and what it keeps in force against what is written. */
export interface SignedInForce {
  readonly digest: string;
  readonly model: SignedModel;
  readonly held: readonly HeldTerm[];
  /** Name of the ModelRisk it was signed of. Left out: its own. */
  readonly of?: string;
  /** When all had signed it. Left out: nobody knows. */
  readonly at?: string;
}

interface Known {
  readonly previous: RiskState | null;
  /** What is wrong with templates of the policy, by name. */
  readonly invalidSignals: ReadonlyMap<string, string>;
  /** What of its policy as it is now can't be read. Left out, null: nothing, or it is not there. */
  readonly unreadPolicy?: string | null;
  readonly readText: ReadText;
  /** Left out: `risk` itself, of which nothing was signed. */
  readonly written?: ModelRisk;
  readonly signed?: SignedInForce | null;
  readonly nowMs: EpochMs;
}

/** What is known of one indicator, and whether a Clear in it was earned by this version. */
function knownReadings(risk: ModelRisk, name: string, { previous, nowMs }: Pick<Known, 'previous' | 'nowMs'>) {
  const before = previous?.readings.get(name);
  if (before !== undefined && previous?.identity.version === risk.spec.model.version)
    return { readings: before, proven: !previous.unproven.has(name) };
  if (before !== undefined) return { readings: restarted(before), proven: false };
  const remembered = rememberedMemory(risk, name);
  const proven = remembered !== null && risk.status.observedGeneration === risk.metadata.generation;
  const memory = remembered ?? initialIndicatorMemory(nowMs);
  return { readings: new Map<Served, ServedReading>([['Live', { memory, assessment: null, lastSeen: null, shown: null }]]), proven };
}

function problemWith(
  spec: IndicatorInForce,
  signal: SignalDefinition | QuorumSignal,
  context: { readonly risk: ModelRisk; readonly invalidSignals: ReadonlyMap<string, string> },
): string | null {
  if (signal.kind === 'Cluster') {
    const problem = clusterSignalProblem(signal, context.risk.spec.model.imageDigest);
    return problem === null ? null : `indicator ${spec.name}: its signal ${problem}.`;
  }
  // Its members say what is wrong with theirs.
  if (signal.kind === 'Quorum') return null;
  if ('template' in spec.signal) {
    const { name } = spec.signal.template;
    const problem = context.invalidSignals.get(name);
    return problem === undefined ? null : `indicator ${spec.name}: signal ${name} of the policy can't be used: ${problem}.`;
  }
  const problem = signalProblem(signal, context.risk.metadata.namespace ?? '');
  return problem === null ? null : `indicator ${spec.name}: ${problem}.`;
}

/** Who deletes a policy lets nobody off: without it the tier a model stood in goes on to hold. */
function tierNow(risk: ModelRisk, policy: RiskPolicy | null, previous: RiskState | null): TierSpec | null {
  if (policy !== null) return tierInForce(risk, policy.spec);
  return previous?.risk.spec.policyRef.name === risk.spec.policyRef.name ? previous.terms.tier : null;
}

function policyProblem({ spec }: ModelRisk, policy: RiskPolicy | null, unread: string | null): RiskProblem | null {
  const { name } = spec.policyRef;
  if (unread !== null) {
    const since = policy === null ? 'Nothing is known of it' : 'What was last read of it holds';
    return {
      reason: 'PolicyUnreadable',
      message: `RiskPolicy ${name} can't be read by this operator (${unread}). ${since}: correct it, or run the version of the operator it was written for.`,
    };
  }
  if (policy !== null) return null;
  return { reason: 'PolicyMissing', message: `RiskPolicy ${name} does not exist; create it or correct spec.policyRef.name.` };
}

/** Terms of owner, playbook and tier, and after them what was signed: of each the tighter one is judged. */
function boundBySigned(risk: ModelRisk, tier: TierSpec | null, signed: SignedInForce | null) {
  const supplied = riskTerms(risk.spec, tier);
  const effective = supplied.indicators.map(indicatorInForce);
  if (signed === null) return { terms: supplied, judged: risk, effective, signed };
  const { evaluationIntervalSeconds: interval, indicators } = signed.model;
  const written = supplied.evaluationIntervalSeconds.value;
  const isHeld = written > interval;
  const terms = isHeld
    ? { ...supplied, evaluationIntervalSeconds: { value: interval, from: 'Signed', instead: written } as const }
    : supplied;
  const limits = signedLimits(effective, underFloors(indicators, tier));
  const bounded = limits.map(({ indicator }) => indicator);
  const held = isHeld ? [{ field: 'evaluationIntervalSeconds', indicator: null, signed: String(interval), written: String(written) }] : [];
  return {
    terms,
    judged: { ...risk, spec: { ...risk.spec, indicators: bounded } },
    effective: bounded,
    signed: { ...signed, held: [...signed.held, ...held, ...limits.flatMap((each) => each.held)] },
  };
}

/**
 * The state of a risk as its spec and policy are now. What is known of its indicators stays, unless the artifact changed, or what
 * they are read from: evidence belongs to both, so Pending and Clearing start anew, only Firing is kept, and Clear is to be earned.
 */
export function resolveRisk(risk: ModelRisk, policy: RiskPolicy | null, known: Known): RiskState {
  const identity = toIdentity(risk);
  const problems: RiskProblem[] = [];
  const indicators = new Map<string, IndicatorState>();
  const all = new Map<string, Map<Served, ServedReading>>();
  const unproven = new Set<string>();
  const ofPolicy = policyProblem(risk, policy, known.unreadPolicy ?? null);
  if (ofPolicy !== null) problems.push(ofPolicy);
  const { terms, judged, effective, signed } = boundBySigned(risk, tierNow(risk, policy, known.previous), known.signed ?? null);
  const { indicators: inForce, unread } = readReferences(risk.metadata, effective, known.readText);
  const messages = new Map([...unread].map(([name, { message }]) => [name, message]));
  const read = { ...judged, spec: { ...judged.spec, indicators: inForce }, unread: messages };
  for (const spec of inForce) {
    const { readings, proven } = knownReadings(risk, spec.name, known);
    all.set(spec.name, readings);
    if (!proven) unproven.add(spec.name);
    if (policy === null) continue;
    const resolved = resolveIndicator(spec, read, policy.spec);
    if (!resolved.ok) {
      problems.push({ reason: 'SignalMissing', message: resolved.failure });
      continue;
    }
    const { indicator } = resolved.value;
    const definition = sourceOf(resolved.value, policy);
    const problem = problemWith(spec, definition, { risk, invalidSignals: known.invalidSignals });
    if (problem !== null) problems.push({ reason: 'SignalInvalid', message: problem });
    const lost = unread.get(spec.name);
    if (lost?.pending === false) problems.push({ reason: 'SignalInvalid', message: `indicator ${spec.name}: ${lost.message}.` });
    const digest = digestOf(definition, identity.model);
    const before = known.previous?.indicators.get(spec.name);
    const isOther = before !== undefined && before.digest !== digest;
    const isOfVersion = known.previous?.identity.version === identity.version;
    // While nobody looked nothing was found missing: who looks again must not blame the model for what the provider does now.
    const wasLookedAt = known.previous?.risk.spec.suspend === 'None';
    if (isOther) {
      all.set(spec.name, restarted(readings));
      unproven.add(spec.name);
    }
    indicators.set(spec.name, {
      indicator,
      signal: definition,
      digest,
      invalid: problem !== null || lost !== undefined,
      readings: all.get(spec.name) ?? readings,
      blindness: (wasLookedAt ? before?.blindness : undefined) ?? new Map<Served, Blindness>(),
      paces: new Map<Served, Pace>(),
      votes: (isOther || !isOfVersion ? undefined : before?.votes) ?? new Map<string, Map<string, Observation>>(),
    });
  }
  const { name, uid } = risk.metadata;
  const key = `${identity.namespace}/${name}`;
  const ratios = known.previous?.ratios ?? rememberedRatios(risk.status);
  return {
    ...{ key, uid, written: known.written ?? risk, signed, risk: judged, terms, identity },
    ...{ indicators, readings: all, unproven, problems, ratios, safe: new Map<string, Map<string, Assessment>>() },
  };
}
