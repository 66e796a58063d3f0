import { failure, success, type Result } from '../../shared/result.ts';
import type { IdentityLabels, SignalQueries } from '../port.ts';
import { confineExpression } from './promql/confine.ts';
import { dataTimeOf, type DataTime } from './promql/data-time.ts';
import { mapSelectors, type Expression, type Matcher } from './promql/expression.ts';
import { lookBackSeconds } from './promql/look-back.ts';
import { keepsSeries, lostLabels } from './promql/lost-labels.ts';
import { narrowExpression } from './promql/narrow.ts';
import { parsePromQL } from './promql/parse.ts';
import { printExpression } from './promql/print.ts';
import { resultTypeOf } from './promql/result-type.ts';
import { shiftExpression } from './promql/shift.ts';

/** Label that tells the parts of one combined query apart. */
export const partLabel = '__modelrisk_part__';

/** More selectors than this in one query are refused: each costs a branch of its own in the combined query. */
export const maxSelectors = 16;

/** One query that answers a shape: its value, row count, activity and the time of each series behind the value, as parts of one vector. */
export interface QueryPlan {
  /** PromQL as it is sent. */
  readonly text: string;
  /** How the data time follows from the parts `time0`, `time1`, ... */
  readonly time: DataTime;
  /** Labels that say whom a series belongs to; empty where the whole answer is one model's. */
  readonly identityLabels: readonly string[];
}

export interface PlanRefusal {
  readonly cause: 'NotAVector' | 'QueryRejected';
  readonly message: string;
}

/** Whom a query is for: an inline query for one namespace, a shared one for all (`only` null) or for these. */
export interface QueryScope {
  readonly namespace: string;
  readonly only: readonly string[] | null;
}

/**
 * Builds the query of a signal from parsed parts. An inline query is confined to its namespace in every selector of every part, a shared one is
 * narrowed to `only` where that changes no answer. A refusal says what is wrong with the query before anything is sent.
 */
export function planQuery(signal: SignalQueries, scope: QueryScope): Result<QueryPlan, PlanRefusal> {
  const identityLabels = signal.kind === 'Inline' ? [] : labelNames(signal.identityLabels);
  const parts: Expression[] = [];
  let time: DataTime | null = null;
  for (const partQuery of queriesOf(signal)) {
    const { part, isUnbounded } = partQuery;
    const parsed = readPart(signal, partQuery, scope);
    if (!parsed.ok) return failure({ ...parsed.failure, message: `${part} query: ${parsed.failure.message}` });
    const tooLong = isUnbounded ? null : lookBackProblem(parsed.value, signal.windowSeconds);
    if (tooLong !== null) return rejected(`${part} query: ${tooLong}`);
    parts.push(labelled(parsed.value, part));
    if (part !== 'value') continue;
    const dataTime = dataTimeOf(parsed.value);
    if (dataTime === null)
      return rejected('value query: it reads no series whose age can be told; put offset and @ on selectors, not on subqueries');
    if (dataTime.leaves.length > maxSelectors)
      return rejected(`value query: more than ${maxSelectors} different selectors; use a recording rule`);
    parts.push(...dataTime.leaves.map((leaf, index) => labelled(newestSample(leaf, identityLabels), `time${index}`)));
    time = dataTime.time;
  }
  if (time === null) return rejected('there is no value query');
  return success({ text: parts.map(printExpression).join(' or '), time, identityLabels });
}

export function labelNames({ namespace, model, version, served }: IdentityLabels): readonly string[] {
  return [namespace, model, version, served].filter((label) => label !== null);
}

interface PartQuery {
  readonly part: string;
  readonly query: string;
  /** Labels its series carry beside those of the identity. */
  readonly labels: readonly string[];
  /** It may look back further than the window. */
  readonly isUnbounded: boolean;
  /** How long ago it is asked about. */
  readonly offsetSeconds: number;
}

function queriesOf(signal: SignalQueries): readonly PartQuery[] {
  const plain = (part: string, query: string | null, isUnbounded = false): readonly PartQuery[] =>
    query === null ? [] : [{ part, query, labels: [], isUnbounded, offsetSeconds: 0 }];
  switch (signal.kind) {
    case 'Inline':
      return [...plain('value', signal.query), ...plain('count', signal.countQuery)];
    case 'Template':
      return [...plain('value', signal.query), ...plain('count', signal.countQuery), ...plain('activity', signal.activityQuery, true)];
    case 'Statistic':
      return [
        { part: 'value', query: signal.query, labels: signal.labels, isUnbounded: signal.countsByDay === true, offsetSeconds: 0 },
        ...signal.parts.map(({ name, query, labels, isBaseline, offsetSeconds = 0 }) => ({
          part: name,
          query,
          labels,
          isUnbounded: isBaseline,
          offsetSeconds,
        })),
      ];
  }
}

function readPart(signal: SignalQueries, part: PartQuery, { namespace, only }: QueryScope): Result<Expression, PlanRefusal> {
  const written = parsePromQL(part.query);
  if (!written.ok) return rejected(written.failure);
  const parsed = shiftExpression(written.value, part.offsetSeconds);
  if (!parsed.ok) return rejected(parsed.failure);
  const type = resultTypeOf(parsed.value);
  if (type !== 'Vector') return failure({ cause: 'NotAVector', message: `it answers with a ${type.toLowerCase()}, not with a vector` });
  if (signal.kind !== 'Inline') {
    if (only === null) return parsed;
    return success(narrowExpression(parsed.value, matcherOf(signal.identityLabels.namespace, only)));
  }
  const confined = confineExpression(parsed.value, { label: signal.enforceLabel, value: namespace });
  return confined.ok ? confined : rejected(confined.failure);
}

/** A window that is told too short makes a stage escalate on what happened before it. */
function lookBackProblem(expression: Expression, windowSeconds: number): string | null {
  const seconds = Math.ceil(lookBackSeconds(expression));
  if (seconds <= windowSeconds) return null;
  return Number.isFinite(seconds)
    ? `it looks back ${seconds} s and windowSeconds is ${windowSeconds}; write windowSeconds: ${seconds}, or a shorter range, subquery or offset`
    : 'how far it looks back cannot be read; write ranges and offsets as durations, e.g. 5m';
}

/** Labels the parts of a shared query must answer with and can't, in words; null when all of them may. */
export function labelProblem(signal: Exclude<SignalQueries, { kind: 'Inline' }>): string | null {
  const identity = labelNames(signal.identityLabels);
  for (const { part, query, labels } of queriesOf(signal)) {
    const parsed = parsePromQL(query);
    const wanted = [...identity, ...labels];
    const lost = parsed.ok ? lostLabels(parsed.value, wanted) : [];
    if (lost.length > 0)
      return `${part} query: its answer has no label ${[...new Set(lost)].join(', ')}, so no model finds its series; aggregate by (${wanted.join(', ')})`;
  }
  return null;
}

function matcherOf(label: string, values: readonly string[]): Matcher {
  const [only] = values;
  if (only !== undefined && values.length === 1) return { label, operator: '=', value: only };
  return { label, operator: '=~', value: values.map((value) => value.replace(/[^a-zA-Z0-9_-]/g, String.raw`\$&`)).join('|') };
}

/** `max by (identity) (timestamp(selector))`: of the samples behind one model, the newest. */
function newestSample(selector: Expression, identityLabels: readonly string[]): Expression {
  const timestamp: Expression = { kind: 'Call', name: 'timestamp', args: [selector] };
  return { kind: 'Aggregation', operator: 'max', grouping: { mode: 'by', labels: identityLabels }, args: [timestamp] };
}

function labelled(expression: Expression, part: string): Expression {
  const strings = [partLabel, part, '', ''].map((value): Expression => ({ kind: 'String', value }));
  return { kind: 'Call', name: 'label_replace', args: [withoutPartLabel(expression), ...strings] };
}

/**
 * The expression without series that bring the part label along. An exporter may expose it: two series that differ in nothing else would become one
 * when it is set, Prometheus refuses that, and one tenant would have taken the signal from all others. An aggregation `by` other labels drops it anyway.
 */
function withoutPartLabel(expression: Expression): Expression {
  const dropsLabel = (each: Expression): boolean =>
    each.kind === 'Aggregation' &&
    each.grouping?.mode !== 'without' &&
    each.grouping?.labels.includes(partLabel) !== true &&
    !keepsSeries.has(each.operator);
  const absent: Matcher = { label: partLabel, operator: '=', value: '' };
  return mapSelectors(expression, (selector) => ({ ...selector, matchers: [...selector.matchers, absent] }), dropsLabel);
}

function rejected(message: string): { readonly ok: false; readonly failure: PlanRefusal } {
  return failure({ cause: 'QueryRejected', message });
}
