import { fromInstant, toInstant } from '../api/instant.ts';
import { parseRiskIncident } from '../api/risk-incident.ts';
import type { RiskIncident } from '../api/risk-incident.ts';
import { incidentName } from '../core/audit-chain.ts';
import type { EntryDraft } from '../core/audit-chain.ts';
import { drillHolder } from '../core/drill/holder.ts';
import { explainRecovery } from '../core/drill/recovery.ts';
import type { DrillOutcome, DrillResult, DrillStep } from '../core/drill/outcome.ts';
import type { DrillScope } from '../core/drill/schedule.ts';
import { cutText } from '../core/freeze.ts';
import type { IncidentEntryType } from '../core/model/incident-entry.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { Cluster } from './cluster.ts';
import { hashText, openingOf } from './evidence.ts';
import type { DrillRecord, PlanState } from './plan-state.ts';
import type { RiskState } from './risk-state.ts';

const maxTextLength = 512;

/** The same for every retry, and never that of an engagement of the plan. */
export function drillIncident(plan: PlanState, startedAtMs: EpochMs): string {
  return incidentName(drillHolder({ name: plan.current.plan.name, uid: plan.uid }).uid, startedAtMs, hashText);
}

/** No evidence: what nobody measured must not stand where measurements do. */
export function drillOpening(
  plan: PlanState,
  risk: RiskState | null,
  { scope, request, startedAtMs }: { readonly scope: DrillScope; readonly request: string | null; readonly startedAtMs: EpochMs },
): Pick<DrillRecord, 'opening' | 'recoveryTimeSeconds'> {
  const facts = { snapshot: plan.current, owner: plan.owner, risk, engagement: startedAtMs, openedAtMs: startedAtMs, readings: [] };
  // What it is held to is what was declared when it began: a promise that is changed afterwards changes no record.
  const recoveryTimeSeconds = risk?.risk.spec.documentation?.continuity?.recoveryTimeSeconds ?? null;
  const drill = { scope, ...(request === null ? {} : { request }), ...(recoveryTimeSeconds === null ? {} : { recoveryTimeSeconds }) };
  return { opening: { ...openingOf(facts), drill }, recoveryTimeSeconds };
}

/** Of a drill nothing was laid in, or of which nobody knows what was. */
export function unmeasured(recoveryTimeSeconds: number | null) {
  const nothing = { steps: [], timeToMitigateMs: null, timeToRestoreMs: null, restored: 'NotCompared' } as const;
  return { ...nothing, recoveryTimeSeconds } satisfies Partial<DrillOutcome>;
}

interface DrillEntry {
  readonly type: IncidentEntryType;
  readonly atMs: EpochMs;
  readonly target?: string;
  readonly after?: string;
  readonly reason: string;
}

function draft({ type, atMs, target = '', after = '', reason }: DrillEntry): EntryDraft {
  const cut = (text: string): string => cutText(text, maxTextLength);
  return { at: toInstant(atMs), type, actor: 'operator', target: cut(target), before: '', after: cut(after), reason: cut(reason) };
}

export function beginningDraft(scope: DrillScope, request: string | null, atMs: EpochMs): EntryDraft {
  const why = request === null ? 'by schedule' : `as asked for (${request})`;
  const how = scope === 'DryRun' ? 'Nothing is touched.' : 'Every stage is laid over the live targets and taken off again.';
  const type = scope === 'DryRun' ? 'WouldApply' : 'Engaged';
  return draft({ type, atMs, after: 'drill', reason: `A drill, ${why}: a synthetic breach, no model was found at fault. ${how}` });
}

/** What a dry run found, a line a stage and target. */
export function dryDrafts(steps: readonly DrillStep[], atMs: EpochMs): readonly EntryDraft[] {
  return steps.map(({ stage, target, outcome, message }) =>
    draft({
      type: outcome === 'Ok' ? 'WouldApply' : 'Stalled',
      atMs,
      target,
      after: stage ?? 'none',
      reason: message === '' ? 'It would be as it was before, to the byte.' : message,
    }),
  );
}

export function stageDraft(stage: string, atMs: EpochMs): EntryDraft {
  return draft({ type: 'Escalated', atMs, after: stage, reason: 'The drill lays this stage over the targets.' });
}

export function returnDraft(atMs: EpochMs): EntryDraft {
  return draft({ type: 'Released', atMs, after: 'none', reason: 'The drill gives the targets back.' });
}

/** `after` is the result: where the status was lost, it is read from here. */
export function endDraft(outcome: DrillOutcome, atMs: EpochMs): EntryDraft {
  const { result, message, restored } = outcome;
  const took = result === 'Interrupted' ? '' : ` ${explainRecovery(outcome)}`;
  const back = restored === 'Restored' ? ' Every target is as it was before, to the byte.' : '';
  return draft({ type: 'Closed', atMs, after: result, reason: `The drill is over: ${result}.${took}${back} ${message}`.trim() });
}

/** A drill as another process left it. */
export interface FoundDrill {
  readonly incident: RiskIncident;
  /** Null: its record was not closed, so the process that ran it ended first. */
  readonly outcome: DrillOutcome | null;
}

const results: ReadonlySet<string> = new Set<DrillResult>(['Passed', 'Failed', 'Aborted', 'Interrupted', 'Skipped']);

function isResult(word: string): word is DrillResult {
  return results.has(word);
}

/**
 * What the instants of a record come to, where the status that said so was lost: from the first stage laid to the last target seen in it
 * before the next stage. Of one that passed only: in others a target may never have shown it.
 */
function measuredIn(entries: RiskIncident['status']['entries'], end: { readonly after: string }) {
  const [laid, next] = entries.filter(({ type }) => type === 'Escalated' || type === 'Released');
  if (laid === undefined || next === undefined || end.after !== 'Passed') return {};
  const seen = entries.filter(({ type, seq }) => type === 'Verified' && seq > laid.seq && seq < next.seq).at(-1);
  return seen === undefined ? {} : { timeToMitigateMs: fromInstant(seen.at) - fromInstant(laid.at) };
}

function outcomeIn({ metadata, spec, status }: RiskIncident): DrillOutcome | null {
  const end = status.entries.findLast(({ type }) => type === 'Closed');
  if (end === undefined || spec.drill === undefined) return null;
  return {
    atMs: Date.parse(spec.openedAt),
    scope: spec.drill.scope,
    result: isResult(end.after) ? end.after : 'Interrupted',
    reason: end.after === 'Passed' ? '' : 'FoundOnRecord',
    message: end.after === 'Passed' ? '' : end.reason,
    request: spec.drill.request ?? null,
    ...{ ...unmeasured(spec.drill.recoveryTimeSeconds ?? null), ...measuredIn(status.entries, end), incident: metadata.name },
  };
}

/** Drills of this plan on record, oldest first. */
export function drillsOnRecord({ incidents }: Pick<Cluster['own'], 'incidents'>, plan: PlanState): readonly FoundDrill[] {
  const found = incidents.store.byIndex('namespace', plan.current.plan.namespace).flatMap((object): readonly FoundDrill[] => {
    const { spec } = object as { readonly spec?: { readonly drill?: object; readonly planRef?: { readonly uid?: string } } };
    // Before it is parsed: a namespace may hold thousands, and few are drills of this plan.
    if (spec?.drill === undefined || spec.planRef?.uid !== plan.uid) return [];
    const parsed = parseRiskIncident(object);
    return parsed.ok ? [{ incident: parsed.value, outcome: outcomeIn(parsed.value) }] : [];
  });
  return found.toSorted((a, b) => a.incident.spec.openedAt.localeCompare(b.incident.spec.openedAt));
}
