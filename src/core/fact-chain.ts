import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import type { HashText } from './audit-chain.ts';

/** What the operator saw of an object on which due dates and figures of the programme rest. */
export interface FactDraft {
  /** When it saw it, RFC 3339. */
  readonly at: string;
  readonly kind: 'RiskPolicy' | 'ModelRisk' | 'RiskDecision' | 'RiskIncident';
  /** Empty of a cluster-scoped object. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly event: 'Seen' | 'Gone';
  /** What of the object counts; of one that is gone, as it was last. */
  readonly content: JSONValue;
}

/** One link of the chain that one run of the operator makes; `run` is when that began. */
export interface Fact extends FactDraft {
  readonly run: string;
  readonly seq: number;
  /** Of the fact before in this run; empty of the first. */
  readonly prevHash: string;
  readonly hash: string;
}

export type FactTail = Pick<Fact, 'run' | 'seq' | 'hash'>;

export function factStart(run: string): FactTail {
  return { run, seq: -1, hash: '' };
}

/** Guarantee: equal tail and draft give an equal fact. */
export function sealFact(tail: FactTail, draft: FactDraft, hash: HashText): Fact {
  const { at, kind, namespace, name, uid, event, content } = draft;
  const unsealed = { run: tail.run, seq: tail.seq + 1, at, kind, namespace, name, uid, event, content, prevHash: tail.hash };
  return { ...unsealed, hash: hash(canonicalJSON(unsealed)) };
}

/** The same for each attempt to export a fact: a line that is there under it may be dropped. */
export function factID({ run, seq, hash }: FactTail): string {
  return `${run}/${seq}/${hash}`;
}
