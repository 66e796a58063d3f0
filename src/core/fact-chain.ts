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

/** Which fact the first one of a run follows. */
export interface FactLink {
  /** UID of the object in the cluster that says how far the sink has come. */
  readonly chain: string;
  /** Empty: nothing was acknowledged before. */
  readonly run: string;
  /** -1 where nothing was. */
  readonly seq: number;
}

/** One link of the chain the operator makes, run by run; `run` is when that run began. */
export interface Fact extends FactDraft {
  readonly run: string;
  readonly seq: number;
  /** Of the first of a run only; operators of old made a chain of each run by itself, and none. */
  readonly follows?: FactLink;
  /** Of the fact before; of the first of a run that of the fact it follows. */
  readonly prevHash: string;
  readonly hash: string;
}

export type FactTail = Pick<Fact, 'run' | 'seq' | 'hash' | 'follows'>;

/** Where a run begins: `hash` is that of the fact it follows, empty where there is none. */
export function factStart(run: string, before: { readonly follows: FactLink; readonly hash: string } | null = null): FactTail {
  return { run, seq: -1, hash: '', ...before };
}

/** Guarantee: equal tail and draft give an equal fact. */
export function sealFact(tail: FactTail, draft: FactDraft, hash: HashText): Fact {
  const { at, kind, namespace, name, uid, event, content } = draft;
  const follows = tail.seq === -1 && tail.follows !== undefined ? { follows: { ...tail.follows } } : {};
  const unsealed = { run: tail.run, seq: tail.seq + 1, ...follows, at, kind, namespace, name, uid, event, content, prevHash: tail.hash };
  return { ...unsealed, hash: hash(canonicalJSON(unsealed)) };
}

/** As it is written. */
export function factJSON({ follows, ...fact }: Fact): JSONValue {
  return { ...fact, ...(follows === undefined ? {} : { follows: { ...follows } }) };
}

/** The same for each attempt to export a fact: a line that is there under it may be dropped. */
export function factID({ run, seq, hash }: Pick<Fact, 'run' | 'seq' | 'hash'>): string {
  return `${run}/${seq}/${hash}`;
}

/** How far the sink has come by what the cluster says: the newest fact it acknowledged. */
export interface FactEnd {
  /** UID of the object that says so. */
  readonly chain: string;
  /** Empty, with seq -1: it has acknowledged none yet. */
  readonly run: string;
  readonly seq: number;
  readonly hash: string;
  /** When it was acknowledged, RFC 3339; empty where none was. */
  readonly at: string;
}

/** An object as a cluster, or a copy of it, holds it: its content as facts tell it. Of a RiskIncident its entries carry a digest that says more. */
export type HeldObject = Pick<Fact, 'namespace' | 'name' | 'uid' | 'content'> & { readonly kind: Exclude<Fact['kind'], 'RiskIncident'> };
