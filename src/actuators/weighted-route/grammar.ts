import type { JSONValue } from '../../shared/json.ts';
import type { JSONObject } from '../json-reading.ts';

/** How one kind of route writes rules, weighted backends and mirrors; all else is the same for every kind. */
export interface RouteGrammar {
  /** JSON Pointer of the list of rules, or, where the object is one rule, of that. */
  readonly rules: string;
  readonly holds: 'Rules' | 'OneRule';
  /** Members of a rule: its conditions, its weighted backends, and the list mirrors stand in. */
  readonly matches: string;
  readonly backends: string;
  readonly mirrors: string;
  /** What a weight may be, as the API server checks it. */
  readonly minWeight: number;
  readonly maxWeight: number;
  /** The most a rule may have of each. */
  readonly maxBackends: number;
  readonly maxMirrors: number;
  /** Words for these bounds, for a message: `the Gateway API allows 16`. */
  readonly bounds: string;
  /** What the weights of one rule mean beside each other, those that are absent (null) included. */
  weigh(weights: readonly (number | null)[]): readonly number[];
  readBackend(reference: JSONObject, namespace: string): string;
  /** An entry of the list mirrors stand in; null when it is something else. */
  readMirror(entry: JSONObject, namespace: string): MirrorReading | null;
  /** A mirror the rule has outside that list: never ours. */
  readFixedMirror(rule: JSONObject, namespace: string): MirrorReading | null;
  /** A reference to a safe backend the rule lacks, written like the one of the candidate it stands beside. */
  writeBackend(safe: SafeEnd, beside: JSONObject): JSONObject;
  /** An entry that mirrors to the candidate with this id; a null percent is left out (all requests). */
  writeMirror(id: string, candidate: JSONObject, percent: number | null): JSONValue;
}

export interface MirrorReading {
  readonly backend: string;
  /** Null = no percent and no fraction: all requests. */
  readonly percent: number | null;
  readonly fraction: boolean;
}

/** One end of a split, as a plan names it. */
export interface RouteEnd {
  /** As the grammar reads it from a rule. */
  readonly id: string;
  /** Service in the namespace of the route; null when it is none. */
  readonly service: string | null;
  /** Null = whichever the route names. */
  readonly port: number | null;
}

export interface SafeEnd extends RouteEnd {
  readonly minReadyEndpoints: number;
  /** As the plan writes it. */
  readonly written: JSONObject;
}
