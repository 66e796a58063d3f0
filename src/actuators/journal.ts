import * as z from 'zod';

import type { Holder, UnrecordedStep } from '../core/model/constraint.ts';
import type { FrozenReading } from '../core/model/frozen-reading.ts';
import type { Target } from '../core/model/target.ts';
import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import { annotationOf, epochOf, hasSealOf, journalAnnotation, nameOf, sealLabel, uidOf } from './metadata.ts';
import type { Claim, JournalReading, ReleasedEngagement, TargetKind, TargetObject } from './port.ts';

export const journalSchemaVersion = 1;

/** Well below the 256 KiB the API server allows all annotations of an object together. */
export const maxJournalLength = 65_536;

/** What an actuator adds to the codec: the shape of its targets and of the changes it may make. Anything else is not its journal. */
export interface JournalShape<Changes> {
  readonly targetKind: TargetKind;
  readonly targetSchema: z.ZodType<Target>;
  readonly changesSchema: z.ZodType<Changes>;
  /** Controllers copy the object's annotations elsewhere, and tools copy them back: a label tells the journal from its copies. */
  readonly isSealed?: boolean;
  /** Of a journal that is written ahead: whether the object may not show all of it yet. */
  readonly isPending?: (changes: Changes) => boolean;
}

/** Written in the same patch as the changes it tells of, or before them. */
export interface EngagedJournal<Changes> {
  readonly schemaVersion: typeof journalSchemaVersion;
  readonly uid: string;
  readonly targetKind: TargetKind;
  readonly state: 'Engaged';
  /** The object had no annotations before ours. */
  readonly annotationsCreated: boolean;
  readonly claims: readonly Claim[];
  readonly released: readonly ReleasedEngagement[];
  /** The user's intent of every field we changed, and what we put there. */
  readonly changes: Changes;
}

/** What is left after a release until it is on record elsewhere. */
export interface Tombstone {
  readonly schemaVersion: typeof journalSchemaVersion;
  readonly uid: string;
  readonly targetKind: TargetKind;
  readonly state: 'Released';
  readonly annotationsCreated: boolean;
  readonly actor: string;
  readonly releasedAtMs: number;
  readonly released: readonly ReleasedEngagement[];
}

export type Journal<Changes> =
  | { readonly kind: 'None' }
  | { readonly kind: 'Engaged'; readonly journal: EngagedJournal<Changes> }
  | { readonly kind: 'Released'; readonly journal: Tombstone }
  | { readonly kind: 'NewerSchema'; readonly schemaVersion: number }
  | { readonly kind: 'Foreign'; readonly message: string };

const count = z.int().min(0);
const identifier = z.string().min(1).max(253);
const list = <Item>(item: z.ZodType<Item>, max: number): z.ZodReadonly<z.ZodArray<z.ZodType<Item>>> => z.array(item).max(max).readonly();

const readingSchema: z.ZodType<FrozenReading> = z.strictObject({
  indicator: identifier,
  verdict: z.enum(['Ok', 'Warn', 'Breach', 'Insufficient', 'NoData', 'Error']),
  provider: z.string().max(317),
  query: z.string(),
  windowSeconds: z.number(),
  threshold: z.strictObject({
    direction: z.enum(['Above', 'Below']),
    warn: z.number().nullable(),
    breach: z.number(),
    clear: z.number(),
    // Absent in journals of an earlier build.
    severe: z.number().nullable().default(null),
  }),
  value: z.number().nullable(),
  sampleCount: z.number().nullable(),
  noiseFloor: z.number().nullable(),
  // Absent in journals of an earlier build.
  interval: z.strictObject({ low: z.number(), high: z.number() }).nullable().default(null),
  computation: z
    .strictObject({
      statistic: z.string().max(63),
      parameters: z.record(z.string(), z.number()),
      counts: z.record(z.string(), list(z.number(), 256)),
    })
    .nullable()
    .default(null),
  dataTimeMs: z.number().nullable(),
  message: z.string(),
});

const stepSchema: z.ZodType<UnrecordedStep> = z.strictObject({
  type: z.enum(['Engaged', 'Escalated', 'SteppedDown']),
  atMs: z.number(),
  before: z.string().max(253),
  after: z.string().max(253),
});

const holderSchema: z.ZodType<Holder> = z.strictObject({
  plan: identifier,
  planUID: identifier,
  planGeneration: count,
  planDigest: z.string().max(256),
  engagement: count,
  stage: count,
  stageSinceMs: z.number(),
  planCreatedAtMs: z.number(),
  triggeredBy: list(identifier, 64),
  readings: list(readingSchema, 64),
  // Absent in journals of an earlier build: one not obeyed would make our own constraint the users' intent.
  unrecorded: list(stepSchema, 16).default([]),
});

const constraintSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('Cap'), maxPercent: z.int().min(0).max(100) }),
  z.strictObject({ kind: z.literal('Shadow'), mirrorPercent: z.int().min(0).max(100) }),
  z.strictObject({ kind: z.literal('Flag') }),
  z.strictObject({ kind: z.literal('Pin') }),
  z.strictObject({ kind: z.literal('Patch') }),
  z.strictObject({ kind: z.literal('Replicas'), minReplicas: z.int().min(1) }),
]);

const releasedSchema: z.ZodType<ReleasedEngagement> = z.strictObject({
  planUID: identifier,
  engagement: count,
  actor: z.string().max(1024),
  // Absent in journals of an earlier build.
  atMs: z.number().nullable().default(null),
  unrecorded: z.strictObject({ steps: list(stepSchema, 16), readings: list(readingSchema, 64) }).exactOptional(),
});

function journalSchema<Changes>({ targetKind, targetSchema, changesSchema }: JournalShape<Changes>) {
  const envelope = {
    schemaVersion: z.literal(journalSchemaVersion),
    uid: identifier,
    targetKind: z.literal(targetKind),
    annotationsCreated: z.boolean(),
    released: list(releasedSchema, 256),
  };
  const claim = z.strictObject({ holder: holderSchema, target: targetSchema, constraints: list(constraintSchema, 16) });
  return z.discriminatedUnion('state', [
    z.strictObject({ ...envelope, state: z.literal('Engaged'), claims: list(claim, 64), changes: changesSchema }),
    z.strictObject({ ...envelope, state: z.literal('Released'), actor: z.string().max(1024), releasedAtMs: z.number() }),
  ]);
}

/**
 * The codec of one actuator. `decode` obeys a journal only if it names this object's uid, a schema version we know, holders of the
 * right shape that name this object, and fields the actuator declares; all else is NewerSchema or Foreign, with the reason.
 */
export function journalCodec<Changes extends JSONValue>(shape: JournalShape<Changes>) {
  const schema = journalSchema(shape);
  const decode = (live: TargetObject): Journal<Changes> => {
    const text = annotationOf(live, journalAnnotation);
    if (text === null) return { kind: 'None' };
    if (shape.isSealed === true && !hasSealOf(live, text))
      return foreign(`it is a copy, without the label ${sealLabel} of the one it was made of`);
    const parsed = parseEnvelope(text, uidOf(live));
    if (parsed.kind !== 'Known') return parsed;
    const checked = safely(() => schema.safeParse(parsed.value));
    if (checked === null) return foreign('it is nested too deep');
    if (!checked.success) return foreign(`it has fields this operator never writes: ${firstIssue(checked.error)}`);
    const journal = checked.data;
    if (journal.state === 'Released') return { kind: 'Released', journal };
    const stray = journal.claims.find((claim) => claim.target.object !== nameOf(live));
    if (stray !== undefined) return foreign(`it speaks of another object, ${stray.target.object}`);
    return { kind: 'Engaged', journal };
  };
  return { decode, read: (live: TargetObject): JournalReading => readingOf(decode(live), epochOf(live), shape) };
}

/** Canonical: equal journals are equal text, so an unchanged one is never written again. */
export function encodeJournal<Changes extends JSONValue>(journal: EngagedJournal<Changes> | Tombstone): string {
  // Interfaces have no index signature, so TypeScript can't see that they are JSON.
  return canonicalJSON(journal as unknown as JSONValue);
}

/** Null when a value someone nested thousands of levels deep exhausts the stack. */
function safely<Value>(check: () => Value): Value | null {
  try {
    return check();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

type Envelope =
  | { readonly kind: 'Known'; readonly value: unknown }
  | { readonly kind: 'NewerSchema'; readonly schemaVersion: number }
  | { readonly kind: 'Foreign'; readonly message: string };

const envelopeSchema = z.looseObject({ schemaVersion: z.int(), uid: z.string() });

function parseEnvelope(text: string, uid: string): Envelope {
  if (text.length > maxJournalLength) return foreign(`it is ${text.length} characters long, the most we write is ${maxJournalLength}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return foreign('it is not JSON');
  }
  const envelope = envelopeSchema.safeParse(value);
  if (!envelope.success) return foreign(`it is no journal: ${firstIssue(envelope.error)}`);
  if (envelope.data.uid !== uid) return foreign(`it was written for another object (uid ${envelope.data.uid.slice(0, 64)})`);
  const { schemaVersion } = envelope.data;
  return schemaVersion > journalSchemaVersion ? { kind: 'NewerSchema', schemaVersion } : { kind: 'Known', value };
}

function readingOf<Changes>(decoded: Journal<Changes>, epoch: number, { isPending }: JournalShape<Changes>): JournalReading {
  switch (decoded.kind) {
    case 'Engaged': {
      const { claims, released, changes } = decoded.journal;
      const holders = [...new Map(claims.map(({ holder }) => [holder.planUID, holder])).values()];
      const pending = isPending?.(changes) === true ? ({ pending: true } as const) : {};
      return { kind: 'Engaged', holders, claims, released, epoch, ...pending };
    }
    case 'Released':
      return { kind: 'Released', actor: decoded.journal.actor, engagements: decoded.journal.released, epoch };
    case 'None':
    case 'NewerSchema':
    case 'Foreign':
      return decoded;
  }
}

function foreign(why: string): { readonly kind: 'Foreign'; readonly message: string } {
  return { kind: 'Foreign', message: `The annotation ${journalAnnotation} is not obeyed: ${why}.` };
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'unknown' : `${issue.path.join('.') || 'value'}: ${issue.message}`.slice(0, 200);
}
