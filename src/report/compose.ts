import { toInstant } from '../api/instant.ts';
import type { ReportDocument } from '../core/report/document.ts';
import type { ProgrammeWindow } from '../core/risk/programme/facts.ts';
import { assertNever } from '../shared/assert-never.ts';
import type { EpochMs } from '../shared/clock.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { ReportFacts } from './facts.ts';
import { modelReport } from './model-report.ts';
import { insideOf, ofModels, underPolicy } from './narrow.ts';
import { createObjectReader, readObjects } from './objects.ts';
import type { ObjectReader, ReadObjects, ReportObjects } from './objects.ts';
import { tierNames } from './posture.ts';
import { programmeReport } from './programme-report.ts';
import type { ReportText } from './programme-report.ts';
import { nameOf } from './source.ts';
import { tierReport } from './tier-report.ts';

interface Asked {
  /** Days of figures over time, up to now. */
  readonly periodDays: number;
}

interface Wide extends Asked {
  /** Null: all. */
  readonly namespace: string | null;
  /** Only what goes by this RiskPolicy. Left out: whatever it goes by. */
  readonly policy?: string;
  /** Risks and remediations of one policy that are ranked at most: ranking takes the processor. Left out: all. */
  readonly mostRanked?: number;
}

export type ReportAsk =
  | (Wide & { readonly kind: 'Programme' })
  | (Wide & { readonly kind: 'Tier'; readonly tier: string })
  /** One ModelRisk. */
  | (Asked & { readonly kind: 'Model'; readonly namespace: string; readonly name: string });

const dayMs = 86_400_000;

/**
 * A report from the objects alone: the same objects and time make the same document, in whatever order they come. Failure: one sentence,
 * when there is nothing to report on.
 */
export function composeReport(
  objects: ReportObjects,
  ask: ReportAsk,
  { nowMs, reader = createObjectReader() }: { readonly nowMs: EpochMs; readonly reader?: ObjectReader },
): Result<ReportDocument, string> {
  const window = { fromMs: nowMs - ask.periodDays * dayMs, toMs: nowMs };
  const all = readAsked(insideOf(objects, ask.namespace), ask, reader);
  const text = textOf(ask, all, { window, reader });
  if (!text.ok) return text;
  const { title, subtitle, scope, sections } = text.value;
  return success({
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    generatedAt: toInstant(nowMs),
    period: { from: toInstant(window.fromMs), to: toInstant(window.toMs) },
    ...{ scope, sections },
  });
}

function readAsked(objects: ReportObjects, ask: ReportAsk, reader: ObjectReader): ReadObjects {
  if (!('policy' in ask)) return readObjects(objects, reader);
  const under = underPolicy(objects, ask.policy);
  const read = readObjects(under.objects, reader);
  return { ...read, gaps: [...read.gaps, ...under.gaps] };
}

function textOf(
  ask: ReportAsk,
  all: ReadObjects,
  { window, reader }: { readonly window: ProgrammeWindow; readonly reader: ObjectReader },
): Result<ReportText, string> {
  const place = ask.namespace === null ? 'all namespaces' : `namespace ${ask.namespace}`;
  const scope = 'policy' in ask ? `${place} under RiskPolicy ${ask.policy}` : place;
  const mostRanked = 'mostRanked' in ask ? ask.mostRanked : Infinity;
  // A backlog says of which policy it is itself.
  const shared = { all, whereOfAll: place, window, nowMs: window.toMs, mostRanked };
  const narrowed = (models: ReadonlySet<string>, where: string): ReportFacts => ({
    ...readObjects(ofModels(all.raw, models), reader),
    // Of what can't be read nobody knows that it is not of these models.
    gaps: all.gaps,
    ...{ ...shared, where },
  });
  switch (ask.kind) {
    case 'Programme':
      return success(programmeReport({ ...all, ...shared, where: scope }));
    case 'Tier': {
      const known = tierNames(all);
      if (!known.includes(ask.tier)) return failure(noTier(ask.tier, known));
      const models = all.models.filter(({ status }) => status.tier?.inherent === ask.tier).map(nameOf);
      return success(tierReport(ask.tier, narrowed(new Set(models), `${scope}, tier ${ask.tier}`)));
    }
    case 'Model':
      return modelOf(`${ask.namespace}/${ask.name}`, all, narrowed);
    default:
      return assertNever(ask);
  }
}

function noTier(tier: string, known: readonly string[]): string {
  const others = known.length === 0 ? 'no policy that could be read has any' : `name one of ${known.join(', ')}`;
  return `no policy has tier ${tier} and no model stands in it: ${others}`;
}

function modelOf(
  id: string,
  all: ReadObjects,
  narrowed: (models: ReadonlySet<string>, where: string) => ReportFacts,
): Result<ReportText, string> {
  const model = all.models.find((each) => nameOf(each) === id);
  if (model !== undefined) return success(modelReport(model, narrowed(new Set([id]), `ModelRisk ${id}`)));
  const isThere = all.raw.modelRisks.some((each) => nameOf(each) === id);
  return failure(
    isThere ? `ModelRisk ${id} is not readable by this version: use the version of the operator` : `there is no ModelRisk ${id}`,
  );
}
