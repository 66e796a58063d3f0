import { parseRiskIncident } from '../../src/api/risk-incident.ts';
import type { RiskIncident } from '../../src/api/risk-incident.ts';
import type { MemoryOperator } from './memory-operator.ts';
import { applyGuardedModelTo, memoryPolicy, memoryRisk, startMemoryOperator } from './memory-operator.ts';
import { liveIn } from './memory-story.ts';

/** A serious incident of fairness within 15 days, anything critical within two; warned a day or a minute before. */
const reporting = [
  { name: 'ai-act', severities: ['High', 'Critical'], categories: ['Fairness', 'DataQuality'], withinSeconds: 1_296_000 },
  { name: 'ai-act-critical', severities: ['Critical'], withinSeconds: 172_800, warningSeconds: 60 },
];

export function withSpec(manifest: object, changes: object): object {
  const { spec, ...rest } = manifest as { readonly spec: object };
  return { ...rest, spec: { ...spec, ...changes } };
}

export const handledRisk = (changes: object = {}): object => withSpec(memoryRisk(), { criticality: 'High', ...changes });

/** A model whose policy asks for reports of incidents. */
export async function startHandling(): Promise<MemoryOperator> {
  const world = await startMemoryOperator((api) => {
    applyGuardedModelTo(api);
    api.apply('riskpolicies', withSpec(memoryPolicy(), { reporting }));
    api.apply('modelrisks', handledRisk());
  });
  await world.pass(2);
  return world;
}

export interface ActToTake {
  readonly name: string;
  readonly action: 'ReportIncident' | 'Postmortem' | 'FileReport' | 'Acknowledge';
  /** An incident; the model where it is left out. */
  readonly on?: RiskIncident;
  readonly [key: string]: unknown;
}

/** As admission lets it through. */
export function take(world: MemoryOperator, { name, action, on, ...spec }: ActToTake): void {
  const subject = on ?? liveIn(world, 'modelrisks', 'credit');
  const { name: named, uid } = subject.metadata;
  const digest = on === undefined ? {} : { digest: (on.spec.planRef ?? on.spec.riskRef).digest };
  world.api.apply('riskdecisions', {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'RiskDecision',
    metadata: { name, namespace: 'lending' },
    spec: {
      ...{ action, role: 'risk', author: 'ana', reason: 'seen', ...digest },
      subjectRef: { kind: on === undefined ? 'ModelRisk' : 'RiskIncident', name: named, uid },
      ...spec,
    },
  });
}

export const report = {
  onsetAt: '2026-05-20T00:00:00Z',
  awareAt: '2026-06-01T12:00:00Z',
  knownFrom: 'Customer',
  category: 'Fairness',
  severity: 'High',
  harm: 'Applicants over 60 were refused for their age.',
};

export function incidentsNow(world: MemoryOperator): readonly RiskIncident[] {
  return world.api.list('riskincidents').map((object) => {
    const parsed = parseRiskIncident(object);
    if (!parsed.ok) throw new Error(parsed.failure.join('; '));
    return parsed.value;
  });
}

/** The one that was reported. */
export function reportedIn(world: MemoryOperator): RiskIncident {
  const found = incidentsNow(world).find(({ spec }) => spec.report !== undefined);
  if (found === undefined) throw new Error('nothing was reported');
  return found;
}
