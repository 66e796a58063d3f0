import { withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';

/** One rule of a CRD with an object it lets pass and one it refuses, each differing from a sound one in what the rule is about only. */
export interface CELCase {
  readonly kind: string;
  readonly message: string;
  /** Field the refusal names. */
  readonly field: string;
  readonly accept: Manifest;
  readonly reject: Manifest;
}

export type Change = readonly [path: string, value: unknown];

function changed(manifest: Manifest, ...changes: readonly Change[]): Manifest {
  return changes.reduce((result, [path, value]) => withValue(result, path, value), manifest);
}

export interface Variation {
  readonly field: string;
  readonly message: string;
  readonly accept: readonly Change[];
  readonly reject: readonly Change[];
}

export function casesOf(base: Manifest, variations: readonly Variation[]): readonly CELCase[] {
  return variations.map(({ field, message, accept, reject }) => ({
    kind: base.kind,
    field,
    message,
    accept: changed(base, ...accept),
    reject: changed(base, ...reject),
  }));
}
