import { asNumber, asObject, isObject } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import type { MirrorReading, RouteGrammar } from '../weighted-route/grammar.ts';
import { readDestination, routedTo } from './host.ts';

const maxInt32 = 2_147_483_647;

/**
 * `spec.http` of a VirtualService. Weights are relative (1.22 and 1.31 say so); Istio once demanded that those of a rule sum to 100,
 * and who still checks that is served too: what we compose keeps a sum of 100.
 */
export const virtualServiceGrammar: RouteGrammar = {
  rules: '/spec/http',
  holds: 'Rules',
  matches: 'match',
  backends: 'route',
  mirrors: 'mirrors',
  // As the CRD has them: it knows no bound of its own.
  minWeight: -maxInt32 - 1,
  maxWeight: maxInt32,
  maxBackends: Number.POSITIVE_INFINITY,
  maxMirrors: Number.POSITIVE_INFINITY,
  bounds: 'Istio sets no bound',
  weigh,
  readBackend: routedTo,
  readMirror: (entry, namespace) => ({
    backend: readDestination(asObject(entry.destination), namespace),
    percent: percentOf(entry.percentage),
    fraction: isFractional(entry.percentage),
  }),
  readFixedMirror,
  // The port is the candidate's: a Service with several needs one, and callers expect the same.
  writeBackend: ({ written }, { destination }) => {
    const { port } = asObject(destination);
    return { destination: port === undefined ? written : { ...written, port } };
  },
  writeMirror: (_id, { destination }, percent) => ({
    destination: asObject(destination),
    ...(percent === null ? {} : { percentage: { value: percent } }),
  }),
};

/** A rule with one destination sends everything there, whatever its weight; beside others an absent weight is 0. */
function weigh(weights: readonly (number | null)[]): readonly number[] {
  if (weights.length === 1) return [100];
  return weights.map((weight) => Math.max(0, weight ?? 0));
}

/** The single `mirror` of a rule, with its percentage under one of the names it had over time. */
function readFixedMirror(rule: JSONObject, namespace: string): MirrorReading | null {
  if (!isObject(rule.mirror)) return null;
  const percent = percentOf(rule.mirrorPercentage) ?? asNumber(rule.mirrorPercent) ?? asNumber(rule.mirror_percent);
  return { backend: readDestination(rule.mirror, namespace), percent, fraction: isFractional(rule.mirrorPercentage) };
}

/** An object without a value says 0 (protobuf). */
function percentOf(percentage: JSONObject[string] | undefined): number | null {
  return isObject(percentage) ? (asNumber(percentage.value) ?? 0) : null;
}

/** Ours are whole numbers. */
function isFractional(percentage: JSONObject[string] | undefined): boolean {
  return !Number.isInteger(percentOf(percentage) ?? 0);
}
