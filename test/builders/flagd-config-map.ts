import { flagdConfigMapActuator } from '../../src/actuators/flagd-config-map/actuator.ts';
import type { Claim, TargetObject } from '../../src/actuators/port.ts';
import type { Constraint, Holder } from '../../src/core/model/constraint.ts';
import type { Target } from '../../src/core/model/target.ts';
import type { JSONValue } from '../../src/shared/json.ts';
import { answerTo } from './flag-caller.ts';
import type { FlagCaller } from './flag-caller.ts';
import { aHolder } from './http-route.ts';

type Fields = { readonly [key: string]: JSONValue };
type FlagTarget = Extract<Target, { kind: 'ConfigMap' }>;

export const actuator = flagdConfigMapActuator;
export const fileName = 'flags.flagd.json';

/** Written by a person: odd blanks, an order of their own, escapes, a flag nobody here knows of. */
export const handWritten = `{
  "$schema": "https://flagd.dev/schema/v0/flags.json",
\t"flags" : {
    "other": { "state": "DISABLED", "variants": {"a": 1, "b": 2.50}, "defaultVariant": "a" },
    "use-v2": {
      "variants":   { "on": true, "off": false, "half" : true },
      "targeting": { "if": [ { "==": [ {"var": "region"}, "EU" ] },
                             "half", null ] },
      "state": "ENABLED", "defaultVariant" :"\\u006fn"  ,
      "metadata": { "team": "l\\u00e9nding", "n": 1.0 }
    }
  }
}
`;

/** ConfigMap lending/credit-flags with this text under the one key. */
export function aConfigMap(text: string, more: { readonly metadata?: Fields; readonly top?: Fields } = {}): TargetObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'credit-flags',
      namespace: 'lending',
      uid: 'map-uid',
      labels: { 'modelrisk.dev/target': 'true' },
      annotations: { team: 'lending' },
      ...more.metadata,
    },
    data: { [fileName]: text, README: 'not JSON at all' },
    ...more.top,
  };
}

/** A text with this definition of use-v2, and no other flag. */
export function withFlag(definition: JSONValue, indent = 2): string {
  return JSON.stringify({ flags: { 'use-v2': definition } }, null, indent);
}

export function textOf(live: TargetObject, key = fileName): string {
  return (live.data as Readonly<Record<string, string>>)[key] ?? '';
}

/** Someone else's edit of the text. */
export function edited(live: TargetObject, change: (text: string) => string): TargetObject {
  return { ...live, data: { ...(live.data as Fields), [fileName]: change(textOf(live)) } };
}

interface ClaimOptions {
  readonly holder?: Partial<Holder>;
  readonly target?: Partial<FlagTarget>;
  readonly constraints?: readonly Constraint[];
}

/** Rolls use-v2 back to off, unless told otherwise. */
export function rollback({ holder = {}, target = {}, constraints = [{ kind: 'Flag' }] }: ClaimOptions = {}): Claim {
  return {
    holder: aHolder(holder),
    target: {
      kind: 'ConfigMap',
      name: 'flag',
      object: 'credit-flags',
      key: fileName,
      flag: 'use-v2',
      safeVariant: 'off',
      behind: null,
      settleSeconds: 120,
      ...target,
    },
    constraints,
  };
}

/** What flagd's own evaluator answers a caller, from the text as it stands. */
export function evaluate(text: string, flag = 'use-v2', caller: FlagCaller = {}): boolean {
  return answerTo(caller, text, flag);
}
