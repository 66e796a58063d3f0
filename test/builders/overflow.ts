import { appendEntry } from '../../src/core/audit-chain.ts';
import type { RiskIncident } from '../../src/api/risk-incident.ts';
import { sha256 } from './audit-lines.ts';
import { incidentsNow } from './handling.ts';
import type { MemoryOperator } from './memory-operator.ts';

/** Objects of what was reported, the first part first. */
export function partsIn(world: MemoryOperator): readonly RiskIncident[] {
  const parts = incidentsNow(world).filter(({ spec }) => spec.report !== undefined);
  return parts.toSorted((a, b) => a.metadata.name.length - b.metadata.name.length || a.metadata.name.localeCompare(b.metadata.name));
}

/** Entries that say nothing to anybody, as the operator would have written them, up to one short of full: the next goes on in another object. */
export function fillLastPart(world: MemoryOperator): void {
  const last = partsIn(world).at(-1);
  if (last === undefined) throw new Error('nothing was reported');
  const entries = [...last.status.entries];
  while (entries.length < 255) {
    const tail = entries.at(-1);
    if (tail === undefined) throw new Error('nothing is on record');
    const draft = { at: tail.at, type: 'ReportFiled', actor: 'ana', target: `RiskDecision/of-old-${String(entries.length)}` } as const;
    entries.push(appendEntry(tail, { ...draft, before: '', after: '', reason: 'seen' }, sha256));
  }
  const { status } = world.api.get('riskincidents', last.metadata.name) as unknown as { readonly status: object };
  world.api.setStatus('riskincidents', last.metadata.name, { ...status, entries: entries.map((each) => ({ ...each })) });
}
