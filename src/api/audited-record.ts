import { verifyChain } from '../core/audit-chain.ts';
import type { HashText } from '../core/audit-chain.ts';
import type { IncidentEntry } from '../core/model/incident-entry.ts';
import type { AuditedRecord } from '../core/risk/programme/audit-completeness.ts';

/** What an audit of actions needs of one RiskIncident object, which may be a part of a longer record. */
export interface AuditedPart {
  readonly namespace: string;
  readonly name: string;
  /** Null: it is the first part. */
  readonly continues: string | null;
  readonly record: AuditedRecord;
}

interface RawIncident {
  readonly metadata?: { readonly namespace?: string; readonly name?: string };
  readonly spec?: {
    readonly continues?: string;
    readonly drill?: object;
    readonly report?: object;
    readonly firstPrevHash?: string;
    readonly trigger?: readonly object[];
    readonly planRef?: { readonly digest?: string };
    readonly riskRef?: { readonly digest?: string };
  };
  readonly status?: { readonly entries?: readonly IncidentEntry[] };
}

const isThere = (text: string | undefined): boolean => text !== undefined && text !== '';

/** Null: nothing was done in it, as in a drill, in a report, or by a plan that only observed. Read without its schema, as records are again and again. */
export function toAuditedPart(object: unknown, hash: HashText): AuditedPart | null {
  const { metadata, spec = {}, status } = object as RawIncident;
  const { entries = [] } = status ?? {};
  const isDry = spec.drill !== undefined || entries.some(({ type }) => type === 'WouldApply');
  if (metadata?.name === undefined || spec.report !== undefined || isDry) return null;
  const { namespace = '', name } = metadata;
  const chain = verifyChain({ entries, firstPrevHash: spec.firstPrevHash ?? '', expectedTail: null }, hash);
  return {
    namespace,
    name,
    continues: spec.continues ?? null,
    record: {
      hasEvidence: (spec.trigger ?? []).length > 0,
      hasDigests: isThere(spec.planRef?.digest) && isThere(spec.riskRef?.digest),
      isIntact: chain.kind === 'Intact',
      entries: entries.map(({ seq, at, type, actor, target, before, after }) => ({
        object: `${namespace}/${name}`,
        seq,
        atMs: Date.parse(at),
        type,
        actor,
        target,
        before,
        after,
      })),
    },
  };
}

/** One record an engagement, however many objects it fills. A part whose beginning is gone stands by itself. */
export function toAuditedRecords(parts: readonly AuditedPart[]): readonly AuditedRecord[] {
  const next = new Map(parts.map((part) => [`${part.namespace}/${part.continues ?? ''}`, part]));
  const names = new Set(parts.map(({ namespace, name }) => `${namespace}/${name}`));
  const firsts = parts.filter(({ namespace, continues }) => continues === null || !names.has(`${namespace}/${continues}`));
  return firsts.map((first) => {
    let whole = first.record;
    for (let part = next.get(`${first.namespace}/${first.name}`); part !== undefined; part = next.get(`${part.namespace}/${part.name}`)) {
      const { isIntact, entries } = part.record;
      whole = { ...whole, isIntact: whole.isIntact && isIntact, entries: [...whole.entries, ...entries] };
    }
    return whole;
  });
}
