import { hashText } from '../../src/controllers/evidence.ts';
import { parseRiskChainHead } from '../../src/api/risk-chain-head.ts';
import { parseRiskIncident } from '../../src/api/risk-incident.ts';
import type { RiskIncident } from '../../src/api/risk-incident.ts';
import { auditNamespace } from '../../src/governance/audit.ts';
import type { AuditFinding } from '../../src/governance/audit.ts';
import { memoryPlan } from './memory-operator.ts';
import type { MemoryOperator } from './memory-operator.ts';
import { planIn } from './memory-story.ts';

/** Every record, read as anyone reads it: one the schema refuses throws. */
export function incidentsIn({ api }: MemoryOperator): readonly RiskIncident[] {
  return api.list('riskincidents').map((object) => {
    const parsed = parseRiskIncident(object);
    if (!parsed.ok) throw new Error(parsed.failure.join('; '));
    return parsed.value;
  });
}

/** `Engaged alice limit>shadow`, one a line of the record, by incident. */
export function linesIn(world: MemoryOperator): readonly (readonly string[])[] {
  return incidentsIn(world).map(({ status }) => status.entries.map(({ type, actor }) => `${type} ${actor}`));
}

/** What `audit verify` says of the namespace. */
export function auditIn(world: MemoryOperator): readonly AuditFinding[] {
  const head = parseRiskChainHead(world.api.get('riskchainheads', 'chain'));
  if (!head.ok) throw new Error(head.failure.join('; '));
  const incidents = incidentsIn(world).map(({ metadata, spec, status }) => ({
    name: metadata.name,
    firstPrevHash: spec.firstPrevHash,
    entries: status.entries,
  }));
  return auditNamespace(incidents, { resourceVersion: null, last: head.value.spec.last ?? null, tails: head.value.spec.tails }, hashText);
}

/** Far from its flap limit. */
export const patientPlan = memoryPlan({ recovery: { stepSeconds: 2, flap: { maxEngagements: 16, windowSeconds: 60 } } });

/** As alice, of role risk, about the plan as it is now. */
export function decide(world: MemoryOperator, spec: Readonly<Record<string, unknown>>): void {
  const { metadata, status } = planIn(world) as unknown as { readonly metadata: { uid: string }; readonly status: { digest: string } };
  world.api.apply('riskdecisions', {
    apiVersion: 'modelrisk.dev/v1alpha1',
    kind: 'RiskDecision',
    metadata: { name: 'decision', namespace: 'lending' },
    spec: {
      ...{ role: 'risk', author: 'alice', digest: status.digest, reason: 'I looked at it' },
      subjectRef: { kind: 'MitigationPlan', name: 'credit', uid: metadata.uid },
      ...spec,
    },
  });
}
