import { asNumber, asText, isObject } from '../json-reading.ts';
import type { RouteGrammar } from '../weighted-route/grammar.ts';

/** An Experiment of Seldon Core 2 is one rule: candidates with relative weights, and at most one mirror. */
export const experimentGrammar: RouteGrammar = {
  rules: '/spec',
  holds: 'OneRule',
  // It has no conditions, and no list that mirrors to a candidate could stand in.
  matches: 'matches',
  backends: 'candidates',
  mirrors: 'mirrors',
  // The definition knows no bound of its own.
  minWeight: Number.MIN_SAFE_INTEGER,
  maxWeight: Number.MAX_SAFE_INTEGER,
  maxBackends: Number.POSITIVE_INFINITY,
  maxMirrors: 0,
  bounds: 'Seldon sets no bound',
  weigh: (weights) => weights.map((weight) => Math.max(0, weight ?? 0)),
  readBackend: ({ name }) => asText(name) ?? '',
  readMirror: () => null,
  readFixedMirror: ({ mirror }) =>
    isObject(mirror) ? { backend: asText(mirror.name) ?? '', percent: asNumber(mirror.percent), fraction: false } : null,
  writeBackend: ({ written }) => written,
  writeMirror: () => {
    throw new Error('an Experiment never mirrors to one of its candidates');
  },
};
