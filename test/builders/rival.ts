import type { MemoryOperator } from './memory-operator.ts';
import { routeIn, shareIn } from './memory-story.ts';

/** As a controller that wants its own weights back would: the whole route again, the candidate with `percent` of it. */
export function overwrite(world: MemoryOperator, percent = 50, manager = 'flagger'): void {
  const route = structuredClone(routeIn(world)) as unknown as {
    metadata: { managedFields?: object[] };
    spec: { rules: { backendRefs: { weight: number }[] }[] };
  };
  const [safe, candidate] = route.spec.rules[0]?.backendRefs ?? [];
  if (safe === undefined || candidate === undefined) throw new Error('the route of the story has two backends');
  if (candidate.weight === percent && safe.weight === 100 - percent) return;
  safe.weight = 100 - percent;
  candidate.weight = percent;
  route.metadata.managedFields = [{ manager, operation: 'Update', time: '2026-06-01T12:00:00Z' }];
  world.api.apply('httproutes', route);
}

export interface Fight {
  /** Patches of the route that were ours. */
  readonly patches: number;
  /** How often the other writer had something to undo. */
  readonly undone: number;
  /** Part of the time in which the candidate had more than 10 % of the traffic. */
  readonly aboveShare: number;
}

/** The other writer applies its manifest again every `everyMs`, for `seconds` of the clock in hand. */
export async function fight(
  world: MemoryOperator,
  { everyMs, seconds }: { readonly everyMs: number; readonly seconds: number },
): Promise<Fight> {
  const before = world.api.writes.length;
  let undone = 0;
  let aboveMs = 0;
  const stepMs = Math.min(everyMs, 250);
  for (let atMs = 0; atMs < seconds * 1000; atMs += stepMs) {
    if (atMs % everyMs === 0) {
      undone += shareIn(world) === 50 ? 0 : 1;
      overwrite(world);
    }
    await world.clock.advance(stepMs);
    if (shareIn(world) > 10) aboveMs += stepMs;
  }
  const patches = world.api.writes.slice(before).filter(({ resource }) => resource === 'httproutes').length;
  return { patches, undone, aboveShare: aboveMs / (seconds * 1000) };
}
