import { createHash } from 'node:crypto';
import { group, version } from '../api/kind.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { modelRules } from '../governance/rules/model-rules.ts';
import type { WriteFailure } from '../kube/api-failure.ts';
import type { EventRecorder } from '../kube/event-recorder.ts';
import type { KubeObject, NewObject, UntypedObject } from '../kube/kube-object.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { toAlertedModel } from './alerted-model.ts';
import type { Cluster } from './cluster.ts';
import type { Programme } from './programme.ts';
import { managedBy, prometheusRuleResource, rulesDigestAnnotation } from './rule-sight.ts';
import type { RiskState } from './risk-state.ts';
import type { WrittenRule } from './rule-sight.ts';

export interface PrometheusRulesOptions {
  readonly cluster: Pick<Cluster, 'own' | 'rules'>;
  readonly programme: Pick<Programme, 'risks' | 'policies' | 'plansOf'>;
  readonly recorder: Pick<EventRecorder, 'record'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const longestName = 253;

/** Who refused it once will refuse it again for a while. */
const refusedForMs = 300_000;

/** `modelrisk-<name>`, or a digest of the name where that is too long. */
export function ruleNameOf(risk: string): string {
  const name = `modelrisk-${risk}`;
  return name.length <= longestName ? name : `modelrisk-${sha256(risk).slice(0, 32)}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function wantsRules(policy: RiskPolicy | undefined): policy is RiskPolicy {
  return policy?.spec.prometheusRules?.mode === 'Maintain';
}

interface Attempt {
  readonly object: UntypedObject;
  readonly key: string;
  readonly digest: string;
}

/** The object as it should be: owned by its model, so that it goes with it. */
function desired(risk: RiskState, context: Parameters<typeof toAlertedModel>[1]): NewObject<UntypedObject> {
  const { object, policy } = context;
  const { name, uid, namespace = '' } = object.metadata;
  const groups = modelRules(toAlertedModel(risk, context));
  const spec = JSON.parse(JSON.stringify({ groups })) as { readonly [key: string]: JSONValue };
  const own = (policy.spec.prometheusRules?.labels ?? []).map((label) => [label.name, label.value] as const);
  const labels = { ...Object.fromEntries(own), [managedBy.key]: managedBy.value };
  const digest = `sha256:${sha256(canonicalJSON({ labels, spec, uid }))}`;
  return {
    apiVersion: `${prometheusRuleResource.group}/${prometheusRuleResource.version}`,
    kind: prometheusRuleResource.kind,
    metadata: {
      ...{ name: ruleNameOf(name), namespace, labels, annotations: { [rulesDigestAnnotation]: digest } },
      ownerReferences: [{ apiVersion: `${group}/${version}`, kind: 'ModelRisk', name, uid }],
    },
    spec,
  };
}

function digestIn({ metadata }: NewObject<UntypedObject>): string {
  return metadata.annotations?.[rulesDigestAnnotation] ?? '';
}

function isAsDesired(written: WrittenRule, wanted: NewObject<UntypedObject>): boolean {
  const { metadata, spec } = wanted;
  const labels = Object.entries(metadata.labels ?? {});
  return (
    written.digest === digestIn(wanted) &&
    written.riskUID === metadata.ownerReferences?.[0]?.uid &&
    labels.every(([label, value]) => written.labels[label] === value) &&
    written.spec === canonicalJSON(spec ?? null)
  );
}

/** Keeps the PrometheusRule of one model, by its key, as its policy asks; at rest it reads and writes nothing. */
export function createPrometheusRulesController(options: PrometheusRulesOptions): (key: string) => Promise<WorkOutcome> {
  const { cluster, programme, recorder, clock, log } = options;
  const { rules } = cluster;
  /** What was refused, by model: each status of it would send the same again. */
  const refusals = new Map<string, { readonly digest: string; readonly untilMs: EpochMs }>();

  function refused({ object, key, digest }: Attempt, message: string): WorkOutcome {
    refusals.set(key, { digest, untilMs: clock.nowMs() + refusedForMs });
    log.warn({ risk: key, message }, 'the PrometheusRule of a model could not be written');
    const note = `PrometheusRule ${ruleNameOf(object.metadata.name)} could not be written: ${message}`;
    recorder.record({ regarding: object, type: 'Warning', reason: 'RulesNotWritten', action: 'Apply', note });
    return { kind: 'Again', afterMs: refusedForMs, priority: 'Resync' };
  }

  function outcomeOf(attempt: Attempt, failure: WriteFailure): WorkOutcome {
    // What is not served any more comes back with the watch.
    if (failure.kind === 'NotFound') return { kind: 'Done' };
    if (failure.kind === 'Denied') return failure.namespaceTerminates === true ? { kind: 'Done' } : refused(attempt, failure.message);
    return failure.kind === 'Invalid' ? refused(attempt, failure.message) : { kind: 'Retry' };
  }

  async function write(attempt: Attempt, wanted: NewObject<UntypedObject>, isKnown: boolean): Promise<WorkOutcome> {
    const refusal = refusals.get(attempt.key);
    const leftMs = refusal?.digest === attempt.digest ? refusal.untilMs - clock.nowMs() : 0;
    if (leftMs > 0) return { kind: 'Again', afterMs: leftMs, priority: 'Resync' };
    const { name, namespace = null } = wanted.metadata;
    if (!isKnown) {
      // The watch shows only what carries our label: what somebody else called so is not taken over.
      const there = await rules.client.get({ namespace, name });
      if (there.ok && there.value.metadata.labels?.[managedBy.key] !== managedBy.value)
        return refused(attempt, 'there is one of that name which the operator did not make; delete it or give it another name');
      if (!there.ok && there.failure.kind !== 'NotFound') return outcomeOf(attempt, there.failure);
    }
    const written = await rules.client.apply(wanted);
    if (written.ok) refusals.delete(attempt.key);
    return written.ok ? { kind: 'Done' } : outcomeOf(attempt, written.failure);
  }

  async function remove(known: KubeObject): Promise<WorkOutcome> {
    const { namespace = null, name, uid } = known.metadata;
    const removed = await rules.client.remove({ namespace, name }, uid);
    return removed.ok || removed.failure.kind === 'NotFound' ? { kind: 'Done' } : { kind: 'Retry' };
  }

  return async (key) => {
    const object = cluster.own.risks.store.get(key);
    const risk = programme.risks.get(key);
    if (object === undefined) refusals.delete(key);
    // A spec that can't be read says nothing of rules, and what is being deleted takes its own along.
    if (object === undefined || risk === undefined || object.metadata.deletionTimestamp !== undefined) return { kind: 'Done' };
    if (rules.standing().kind !== 'Read') return { kind: 'Done' };
    const known = rules.get(object.metadata.namespace ?? '', ruleNameOf(object.metadata.name));
    const policy = programme.policies.get(risk.risk.spec.policyRef.name);
    if (!wantsRules(policy)) return known === null ? { kind: 'Done' } : remove(known);
    const wanted = desired(risk, { object, policy, plans: programme.plansOf(key) });
    if (known !== null && isAsDesired(known.rule, wanted)) return { kind: 'Done' };
    return write({ object, key, digest: digestIn(wanted) }, wanted, known !== null);
  };
}
