import type { Clock, EpochMs } from '../../shared/clock.ts';
import type { SignalAnswer } from '../port.ts';
import { askTogether, isNarrowable, type Shape, type ShapeQuery } from './source.ts';

/** Groups of namespaces that are asked apart, at most: what a spoilt query costs above a good one. */
export const maxApart = 16;

/** For this long a spoilt query is not asked whole again. */
export const apartForMs = 300_000;

/** Namespaces whose series spoil an answer they are part of; all others are asked together. */
interface Separation {
  readonly apart: readonly (readonly string[])[];
  readonly wholeAgainAtMs: EpochMs;
}

/**
 * Asks the queries that answer many namespaces at once. What one namespace exposes may spoil the whole answer (a type the query can't use, two series
 * where one may be, more than can be read). Then those who have models are asked in halves, and halves of halves, until each spoiler stands alone;
 * who that is, is remembered, so that the next polls cost one query and one for each spoiler.
 */
export interface SharedQueries {
  observe(key: string, shape: Shape, query: ShapeQuery): Promise<readonly SignalAnswer[]>;
}

export function createSharedQueries(clock: Clock): SharedQueries {
  const separations = new Map<string, Separation>();

  async function observe(key: string, shape: Shape, query: ShapeQuery): Promise<readonly SignalAnswer[]> {
    const known = separations.get(key);
    const wholeAgainAtMs = known?.wholeAgainAtMs ?? 0;
    const isApart = clock.nowMs() < wholeAgainAtMs;
    if (!isApart) {
      const whole = await askTogether(shape, null, query);
      if (!whole.spoilt || !isNarrowable(shape, query.planner)) {
        separations.delete(key);
        return whole.answers;
      }
    }
    const { answers, apart } = await askApart(regroup(shape, known?.apart ?? []), query);
    for (const [each, { wholeAgainAtMs: atMs }] of separations) if (atMs + apartForMs < clock.nowMs()) separations.delete(each);
    separations.set(key, { apart, wholeAgainAtMs: isApart ? wholeAgainAtMs : clock.nowMs() + apartForMs });
    return answers;
  }

  return { observe };
}

async function askApart(
  groups: readonly Shape[],
  query: ShapeQuery,
): Promise<{ readonly answers: readonly SignalAnswer[]; readonly apart: readonly (readonly string[])[] }> {
  const answers: SignalAnswer[] = [];
  const apart: (readonly string[])[] = [];
  let pending = groups;
  while (pending.length > 0) {
    const asked = await Promise.all(pending.map(async (group) => ({ group, ...(await askTogether(group, namespacesOf(group), query)) })));
    answers.push(...asked.flatMap((each) => (each.spoilt ? [] : each.answers)));
    const spoilt = asked.filter((each) => each.spoilt);
    // Each split may leave one group more.
    let room = maxApart - apart.length - spoilt.length;
    pending = spoilt.flatMap(({ group, answers: unusable }) => {
      const halves = room > 0 ? halve(group) : [];
      room -= halves.length > 0 ? 1 : 0;
      if (halves.length > 0) return halves;
      apart.push(namespacesOf(group));
      answers.push(...unusable);
      return [];
    });
  }
  return { answers, apart };
}

/** First all that spoil nothing, then each group that does. Namespaces without models any more drop out, new ones spoil nothing yet. */
function regroup(shape: Shape, apart: readonly (readonly string[])[]): readonly Shape[] {
  const spoilers = new Set(apart.flat());
  const among = (isIn: (namespace: string) => boolean): readonly Shape[] => {
    const [first, ...rest] = shape.filter(({ identity }) => isIn(identity.namespace));
    return first === undefined ? [] : [[first, ...rest]];
  };
  return [...among((namespace) => !spoilers.has(namespace)), ...apart.flatMap((group) => among((namespace) => group.includes(namespace)))];
}

/** Two groups of whole namespaces; none where there is only one. */
function halve(group: Shape): readonly Shape[] {
  const namespaces = namespacesOf(group);
  return namespaces.length < 2 ? [] : regroup(group, [namespaces.slice(0, Math.ceil(namespaces.length / 2))]);
}

function namespacesOf(group: Shape): readonly string[] {
  return [...new Set(group.map(({ identity }) => identity.namespace))];
}
