import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** All series of the operator. Queue and reconcile series carry the names of controller-runtime, so its dashboards work. */
export interface Metrics {
  readonly registry: Registry;
  readonly assessments: Counter<'verdict'>;
  readonly indicatorValue: Gauge<'namespace' | 'risk' | 'indicator'>;
  readonly observationAgeSeconds: Gauge<'namespace' | 'risk' | 'indicator'>;
  readonly engagedStage: Gauge<'namespace' | 'plan'>;
  readonly constraintInForce: Gauge<'namespace' | 'plan' | 'target' | 'kind'>;
  readonly actions: Counter<'actuator' | 'result'>;
  readonly breachToEffectSeconds: Histogram;
  readonly contested: Counter<'namespace' | 'target'>;
  readonly orphanedConstraints: Gauge;
  readonly providerQueries: Counter<'provider' | 'result'>;
  readonly leader: Gauge;
  readonly kubeRequests: Counter<'verb' | 'resource' | 'code'>;
  readonly watchLife: Counter<'resource' | 'event'>;
  readonly queueDepth: Gauge<'name'>;
  readonly queueAdds: Counter<'name'>;
  readonly queueRetries: Counter<'name'>;
  readonly queueLatencySeconds: Histogram<'name'>;
  readonly queueWorkSeconds: Histogram<'name'>;
  readonly reconciles: Counter<'controller' | 'result'>;
}

type Family<Label extends string> = { readonly name: string; readonly help: string; readonly labelNames?: readonly Label[] };

const fastBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Creates every series in a registry of its own; series with a closed label set start at 0, so that a rate over them never lacks its first sample. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(family: Family<Label>): Counter<Label> => new Counter({ labelNames: [], ...family, registers: [registry] });
  const gauge = <Label extends string>(family: Family<Label>): Gauge<Label> => new Gauge({ labelNames: [], ...family, registers: [registry] });
  const histogram = <Label extends string>(family: Family<Label>): Histogram<Label> => new Histogram({ labelNames: [], ...family, buckets: fastBuckets, registers: [registry] });

  const assessments = counter({ name: 'modelrisk_assessments_total', help: 'Assessments by verdict.', labelNames: ['verdict'] });
  for (const verdict of ['Ok', 'Warn', 'Breach', 'Insufficient', 'NoData', 'Error']) assessments.inc({ verdict }, 0);

  return {
    registry,
    assessments,
    indicatorValue: gauge({ name: 'modelrisk_indicator_value', help: 'Last value of an indicator, in the unit of its signal.', labelNames: ['namespace', 'risk', 'indicator'] }),
    observationAgeSeconds: gauge({ name: 'modelrisk_observation_age_seconds', help: 'Age of the data behind the last value.', labelNames: ['namespace', 'risk', 'indicator'] }),
    engagedStage: gauge({ name: 'modelrisk_engaged_stage', help: 'Stage a plan holds, counted from 1; 0 while it is idle.', labelNames: ['namespace', 'plan'] }),
    constraintInForce: gauge({ name: 'modelrisk_constraint_in_force', help: '1 while a plan holds a target under this kind of constraint.', labelNames: ['namespace', 'plan', 'target', 'kind'] }),
    actions: counter({ name: 'modelrisk_actions_total', help: 'Patches sent to targets by actuator and result.', labelNames: ['actuator', 'result'] }),
    breachToEffectSeconds: histogram({ name: 'modelrisk_breach_to_effect_seconds', help: 'From the answer that carried the breach to the acknowledged patch.' }),
    contested: counter({ name: 'modelrisk_contested_total', help: 'Edits by others of a field under constraint.', labelNames: ['namespace', 'target'] }),
    orphanedConstraints: gauge({ name: 'modelrisk_orphaned_constraints', help: 'Targets under a constraint whose plan is gone.' }),
    providerQueries: counter({ name: 'modelrisk_provider_queries_total', help: 'Queries to signal providers by result.', labelNames: ['provider', 'result'] }),
    leader: gauge({ name: 'modelrisk_leader', help: '1 while this replica holds the lease.' }),
    kubeRequests: counter({ name: 'modelrisk_kube_requests_total', help: 'Requests to the Kubernetes API.', labelNames: ['verb', 'resource', 'code'] }),
    watchLife: counter({ name: 'modelrisk_watch_life_total', help: 'Life events of watches.', labelNames: ['resource', 'event'] }),
    queueDepth: gauge({ name: 'workqueue_depth', help: 'Keys waiting in a queue.', labelNames: ['name'] }),
    queueAdds: counter({ name: 'workqueue_adds_total', help: 'Keys added to a queue.', labelNames: ['name'] }),
    queueRetries: counter({ name: 'workqueue_retries_total', help: 'Keys put back after a failure.', labelNames: ['name'] }),
    queueLatencySeconds: histogram({ name: 'workqueue_queue_duration_seconds', help: 'Time a key waited.', labelNames: ['name'] }),
    queueWorkSeconds: histogram({ name: 'workqueue_work_duration_seconds', help: 'Time a key was worked on.', labelNames: ['name'] }),
    reconciles: counter({ name: 'controller_runtime_reconcile_total', help: 'Reconciles by controller and result.', labelNames: ['controller', 'result'] }),
  };
}
