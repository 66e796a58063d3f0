import { canonicalJSON } from '../shared/canonical-json.ts';
import type { JSONValue } from '../shared/json.ts';
import type { IndicatorInForce } from './model-risk.ts';
import type { SignedModel } from './signed-text.ts';

/** A term of a signed model that stays in force, because what was written since is weaker or nobody can say. */
export interface HeldTerm {
  /** Path below the indicator, or below spec where `indicator` is null. */
  readonly field: string;
  readonly indicator: string | null;
  readonly signed: string;
  readonly written: string;
}

type Declared = IndicatorInForce;
type ThresholdSpec = NonNullable<Declared['threshold']>;

interface Limited {
  readonly indicator: Declared;
  readonly held: readonly HeldTerm[];
}

/**
 * The indicators that are judged: what was signed, with those edits since that tighten it. One that was taken out stays, one that came is
 * taken as it is. Pure, and the last stage: what it is given has its playbook and floors in it already.
 */
export function signedLimits(effective: readonly Declared[], texts: SignedModel['indicators']): readonly Limited[] {
  const signed = texts.map(resolved);
  const kept = signed.filter(({ name }) => !effective.some((each) => each.name === name));
  return [
    ...effective.map((written) => {
      const before = signed.find(({ name }) => name === written.name);
      return before === undefined ? { indicator: written, held: [] } : limited(written, before);
    }),
    ...kept.map((indicator) => ({ indicator, held: [{ field: '', indicator: indicator.name, signed: 'as signed', written: 'removed' }] })),
  ];
}

function limited(written: Declared, signed: Declared): Limited {
  // Another number, or another side of it: no limit of the one says anything of the other.
  const other = (['signal', 'objective'] as const).filter((field) => !same(written[field], signed[field]));
  const isTurned = written.threshold?.direction !== signed.threshold?.direction;
  if (other.length > 0 || isTurned) return whole(written, signed);
  const { threshold: limits } = signed;
  const { threshold: edited } = written;
  const indicator: Declared = {
    ...signed,
    ...(limits === undefined || edited === undefined ? {} : { threshold: tighter(edited, limits) }),
    forSeconds: Math.min(written.forSeconds, signed.forSeconds),
    clearForSeconds: Math.max(written.clearForSeconds, signed.clearForSeconds),
    staleAfterSeconds: Math.min(written.staleAfterSeconds, signed.staleAfterSeconds),
    onNoData: stricter(written.onNoData, signed.onNoData),
    onError: written.onError === 'Breach' ? 'Breach' : signed.onError,
  };
  return { indicator, held: heldIn(indicator, written, signed) };
}

function whole(written: Declared, signed: Declared): Limited {
  return { indicator: signed, held: heldIn(signed, written, signed) };
}

const judgedBy = [
  'risk',
  'signal',
  'objective',
  'minSamples',
  'forSeconds',
  'clearForSeconds',
  'staleAfterSeconds',
  'onNoData',
  'onError',
] as const;
const limits = ['direction', 'warn', 'breach', 'clear', 'severe'] as const;

/** Every field that is in force other than it is written. */
function heldIn(inForce: Declared, written: Declared, signed: Declared): readonly HeldTerm[] {
  const term = (field: string, was: unknown, is: unknown): HeldTerm => ({
    field,
    indicator: signed.name,
    signed: told(was),
    written: told(is),
  });
  const fields = judgedBy
    .filter((field) => !same(inForce[field], written[field]))
    .map((field) => term(field, signed[field], written[field]));
  const edited = withDefaults(written.threshold);
  const thresholds = limits
    .filter((limit) => inForce.threshold?.[limit] !== edited?.[limit])
    .map((limit) => term(`threshold.${limit}`, signed.threshold?.[limit], edited?.[limit]));
  return [...fields, ...thresholds];
}

/** Texts say it so; one from elsewhere may not. */
function resolved(signed: SignedModel['indicators'][number]): Declared {
  const threshold = withDefaults(signed.threshold);
  const { onNoData = 'Hold' } = signed;
  return { ...signed, onNoData, ...(threshold === undefined ? {} : { threshold }) };
}

function withDefaults(threshold: ThresholdSpec | undefined): ThresholdSpec | undefined {
  return threshold === undefined ? undefined : { ...threshold, clear: threshold.clear ?? threshold.warn ?? threshold.breach };
}

/** Each limit the tighter of both; one of them alone stays. */
function tighter(edited: ThresholdSpec, signed: ThresholdSpec): ThresholdSpec {
  const pick = signed.direction === 'Above' ? Math.min : Math.max;
  const tightest = (...values: readonly (number | undefined)[]): number | undefined => {
    const written = values.filter((value) => value !== undefined);
    return written.length === 0 ? undefined : pick(...written);
  };
  const [warn, severe] = [tightest(edited.warn, signed.warn), tightest(edited.severe, signed.severe)];
  const clear = tightest(withDefaults(edited)?.clear, withDefaults(signed)?.clear) ?? signed.breach;
  return {
    ...{ direction: signed.direction, breach: pick(edited.breach, signed.breach), clear },
    ...(warn === undefined ? {} : { warn }),
    ...(severe === undefined ? {} : { severe }),
  };
}

/** From least to most protective. */
const onNoDataOrder: readonly Declared['onNoData'][] = ['Ignore', 'Hold', 'Breach'];

function stricter(a: Declared['onNoData'], b: Declared['onNoData']): Declared['onNoData'] {
  return onNoDataOrder.indexOf(a) > onNoDataOrder.indexOf(b) ? a : b;
}

export function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return value === undefined ? '' : canonicalJSON(JSON.parse(JSON.stringify(value)) as JSONValue);
}

const longestTold = 120;

/** Values as people compare them; what is long only by its beginning. */
export function told(value: unknown): string {
  const text = value === undefined ? 'left out' : typeof value === 'string' ? value : canonical(value);
  return text.length > longestTold ? `${text.slice(0, longestTold)}...` : text;
}
