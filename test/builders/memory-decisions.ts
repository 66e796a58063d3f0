import type { KubeObject } from '../../testbed/api-client.ts';
import type { MemoryOperator } from './memory-operator.ts';
import { liveIn, planIn } from './memory-story.ts';
import { conditionOf } from './traffic-view.ts';

/** A decision as admission lets it through; `changes` are merged over its spec. */
export function decide(
  world: MemoryOperator,
  { name, action, ...changes }: { readonly name: string; readonly action: string; readonly [key: string]: unknown },
): void {
  const plan = planIn(world);
  const { digest, memory, incidentRef } = plan['status'] as {
    readonly digest: string;
    readonly memory: { readonly engagement: number };
    readonly incidentRef?: { readonly name: string };
  };
  const answers = ['Approve', 'Reject', 'Acknowledge'].includes(action);
  const incident = incidentRef === undefined ? null : world.api.get('riskincidents', incidentRef.name);
  const subjectRef = answers
    ? { kind: 'RiskIncident', name: incident?.metadata.name ?? '', uid: incident?.metadata.uid ?? '' }
    : { kind: 'MitigationPlan', name: plan.metadata.name ?? '', uid: plan.metadata.uid ?? '' };
  const asked = incident?.['spec'] as { readonly planRef: { readonly digest: string } } | undefined;
  const decidedOn = answers ? (asked?.planRef.digest ?? '') : digest;
  const engagement = action === 'Release' ? { engagement: memory.engagement } : {};
  world.api.apply('riskdecisions', {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'RiskDecision',
    metadata: { name, namespace: 'lending' },
    spec: { action, role: 'risk', author: 'ana', subjectRef, digest: decidedOn, reason: 'seen', ...engagement, ...changes },
  });
}

/** What the operator says of a decision. */
export function validityOf(world: MemoryOperator, name: string): { readonly status: string; readonly reason: string } | null {
  const condition = conditionOf(liveIn(world, 'riskdecisions', name), 'Valid');
  return condition === undefined ? null : { status: condition.status, reason: condition.reason };
}

export function incidentsIn(world: MemoryOperator): readonly KubeObject[] {
  return world.api.list('riskincidents');
}
