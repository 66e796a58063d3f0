import type { PackFacts } from './facts.ts';

/** How far the cluster shows what is asked. NotEvidencedHere: nothing in the cluster could show it, or nothing has happened that would. */
export type EvidenceState = 'Evidenced' | 'Partly' | 'Missing' | 'NotEvidencedHere';

/** One object that was looked at. */
export interface Item {
  /** `ModelRisk lending/credit-default`. */
  readonly ref: string;
  /** Null: it shows what is asked; else a sentence: what is missing, and what to do. */
  readonly lack: string | null;
}

/** How one kind of evidence is found. */
export interface Check {
  /** What is counted, in words: the n of the population is what shows it. */
  readonly population: string;
  /** Kinds and fields that were read. */
  readonly source: string;
  /** What an empty population means: something should be there, or nothing has happened that would show it. */
  readonly empty: { readonly state: 'Missing' | 'NotEvidencedHere'; readonly why: string };
  readonly items: (facts: PackFacts) => readonly Item[];
}

export interface Evidence {
  readonly state: EvidenceState;
  /** Objects that show it, of those looked at. */
  readonly n: number;
  readonly of: number;
  readonly items: readonly Item[];
  readonly population: string;
  readonly source: string;
  /** Why there is nothing to count; null: there is. */
  readonly why: string | null;
}

/** Pure counting: an object that comes to show what is asked never makes the state worse. */
export function weigh({ population, source, empty, items: find }: Check, facts: PackFacts): Evidence {
  const items = find(facts);
  const n = items.filter(({ lack }) => lack === null).length;
  const of = items.length;
  const isEmpty = of === 0;
  return { state: isEmpty ? empty.state : stateOf(n, of), n, of, items, population, source, why: isEmpty ? empty.why : null };
}

function stateOf(n: number, of: number): EvidenceState {
  if (n === of) return 'Evidenced';
  return n === 0 ? 'Missing' : 'Partly';
}

/** A control that asks for several things is evidenced when all are, and missing when what the cluster could show is missing throughout. */
export function combine(states: readonly EvidenceState[]): EvidenceState {
  const here = states.filter((state) => state !== 'NotEvidencedHere');
  if (here.length === 0) return 'NotEvidencedHere';
  if (here.every((state) => state === 'Missing')) return 'Missing';
  return states.every((state) => state === 'Evidenced') ? 'Evidenced' : 'Partly';
}
