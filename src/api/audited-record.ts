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

/** One record an engagement, however many objects it fills. A part whose beginning is gone, or that goes in circles, stands by itself. */
export function toAuditedRecords(parts: readonly AuditedPart[]): readonly AuditedRecord[] {
  const idOf = ({ namespace, name }: AuditedPart): string => `${namespace}/${name}`;
  const next = new Map(parts.map((part) => [`${part.namespace}/${part.continues ?? ''}`, part]));
  const names = new Set(parts.map(idOf));
  const isFirst = ({ namespace, continues }: AuditedPart): boolean => continues === null || !names.has(`${namespace}/${continues}`);
  const reached = new Set<AuditedPart>();
  const wholes = parts.filter(isFirst).map((first) => {
    let whole = first.record;
    reached.add(first);
    for (let part = next.get(idOf(first)); part !== undefined; part = next.get(idOf(part))) {
      const { isIntact, entries } = part.record;
      whole = { ...whole, isIntact: whole.isIntact && isIntact, entries: [...whole.entries, ...entries] };
      reached.add(part);
    }
    return whole;
  });
  return [...wholes, ...parts.filter((part) => !reached.has(part)).map(({ record }) => record)];
}
