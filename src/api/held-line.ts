import * as z from 'zod';
import type { FactEnd, HeldObject } from '../core/fact-chain.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { toFact } from './fact-line.ts';
import { sentences } from './kind.ts';

const schemaVersion = z.literal(1);

const heldWire = z.strictObject({
  schemaVersion,
  held: z.strictObject({
    kind: z.enum(['RiskPolicy', 'ModelRisk', 'RiskDecision']),
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    content: z.json(),
  }),
});

const endWire = z.strictObject({
  schemaVersion,
  factEnd: z.strictObject({ chain: z.string(), run: z.string(), seq: z.int().min(-1), hash: z.string(), at: z.string() }),
});

/** What a copy of a cluster says beside the entries of its record: an object it holds, or how far the sink had come in facts. */
export type CopyLine = { readonly kind: 'Held'; readonly object: HeldObject } | { readonly kind: 'FactEnd'; readonly end: FactEnd };

/** An object as the API server holds it. */
export function toHeldObject(kind: HeldObject['kind'], object: unknown): HeldObject {
  const { namespace, name, uid, content } = toFact(kind, object, { at: '', event: 'Seen' });
  return { kind, namespace, name, uid, content };
}

/** One line of JSON, keys sorted, without the line break. */
export function writeCopyLine(line: CopyLine): string {
  return line.kind === 'Held'
    ? canonicalJSON({ schemaVersion: 1, held: { ...line.object } })
    : canonicalJSON({ schemaVersion: 1, factEnd: { ...line.end } });
}

/** Whether a line is meant as one of these. */
export function isCopyLine(json: unknown): boolean {
  return typeof json === 'object' && json !== null && ('held' in json || 'factEnd' in json);
}

/** A failure is one sentence. */
export function readCopyLine(json: unknown): Result<CopyLine, string> {
  const parsed = z.union([heldWire, endWire]).safeParse(json);
  if (!parsed.success) return failure(parsed.error.issues.flatMap((issue) => sentences(issue, [])).join('; '));
  const { data } = parsed;
  return success('held' in data ? { kind: 'Held', object: data.held } : { kind: 'FactEnd', end: data.factEnd });
}
