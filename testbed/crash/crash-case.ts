import { isWrite, writeVerbs } from '../kube-request.ts';
import type { KubeRequest, Verb } from '../kube-request.ts';

/** What had become of the write when the operator died at it. */
export const crashOutcomes = ['landed and acked', 'landed, ack lost', 'not landed'] as const;
export type CrashOutcome = (typeof crashOutcomes)[number];

/**
 * One effective write of a story: the n-th of its kind. The order of writes of different kinds varies a little between runs,
 * so a place in the whole sequence would name another write each time.
 */
export interface WritePoint {
  readonly verb: Verb;
  readonly resource: string;
  readonly subresource: string | null;
  /** From 1, among effective writes of this verb, resource and subresource. */
  readonly occurrence: number;
}

export interface CrashCase {
  /** Place of the write in the run that was learnt from; for the reader only. */
  readonly number: number;
  readonly point: WritePoint;
  readonly outcome: CrashOutcome;
}

/**
 * Left out: events, which nothing reads back and which are sent once or never, and renewals of the lease, which
 * happen by the clock and not by the story. Taking the lease for the first time is a point.
 */
export function isCrashPoint(request: KubeRequest): boolean {
  return isWrite(request) && request.resource !== 'events' && (request.resource !== 'leases' || request.verb === 'create');
}

export function sameKind(point: Omit<WritePoint, 'occurrence'>, request: KubeRequest): boolean {
  return point.verb === request.verb && point.resource === request.resource && point.subresource === request.subresource;
}

type SeenRequest = KubeRequest & { readonly effective: boolean };

export function countKind(point: Omit<WritePoint, 'occurrence'>, requests: readonly SeenRequest[]): number {
  return requests.filter((request) => request.effective && sameKind(point, request)).length;
}

/** The effective writes of a run without faults, in order. */
export function learnPoints(requests: readonly SeenRequest[]): readonly WritePoint[] {
  const effective = requests.filter((request) => request.effective && isCrashPoint(request));
  return effective.map(({ verb, resource, subresource }, index) => {
    const kind = { verb, resource, subresource };
    return { ...kind, occurrence: countKind(kind, effective.slice(0, index + 1)) };
  });
}

/** The points of the first run that every other had too, and by description those that were not in all. */
export function commonPoints(runs: readonly (readonly WritePoint[])[]): {
  readonly points: readonly WritePoint[];
  readonly wavering: readonly string[];
} {
  const described = runs.map((points) => points.map(describePoint));
  const isCommon = (point: string): boolean => described.every((points) => points.includes(point));
  return {
    points: (runs[0] ?? []).filter((point) => isCommon(describePoint(point))),
    wavering: [...new Set(described.flat())].filter((point) => !isCommon(point)),
  };
}

export function casesFor(points: readonly WritePoint[]): readonly CrashCase[] {
  return points.flatMap((point, index) => crashOutcomes.map((outcome) => ({ number: index + 1, point, outcome })));
}

export function describePoint({ verb, resource, subresource, occurrence }: WritePoint): string {
  return `${verb} ${resource}${subresource === null ? '' : `/${subresource}`} #${occurrence}`;
}

/** `write 7 patch httproutes #2, landed, ack lost`: says all it takes to run the case again. */
export function caseName({ number, point, outcome }: CrashCase): string {
  return `write ${number} ${describePoint(point)}, ${outcome}`;
}

/** Null when the text names no case. */
export function parseCaseName(text: string): CrashCase | null {
  const match = /^write (\d+) (\w+) ([a-z]+)(?:\/([a-z]+))? #(\d+), (.+)$/.exec(text.trim());
  if (match === null) return null;
  const [, number, verbText, resource = '', subresource = null, occurrence, outcomeText] = match;
  const verb = writeVerbs.find((each) => each === verbText);
  const outcome = crashOutcomes.find((each) => each === outcomeText);
  if (verb === undefined || outcome === undefined) return null;
  return { number: Number(number), point: { verb, resource, subresource, occurrence: Number(occurrence) }, outcome };
}

/** A pure generator (mulberry32): one seed, one order, on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` of the cases, the same for the same seed, in their own order. */
export function sampleCases(cases: readonly CrashCase[], count: number, seed: number): readonly CrashCase[] {
  const random = seededRandom(seed);
  const drawn = cases.map((crash) => ({ crash, rank: random() })).toSorted((a, b) => a.rank - b.rank);
  const chosen = new Set(drawn.slice(0, count).map(({ crash }) => crash));
  return cases.filter((crash) => chosen.has(crash));
}
