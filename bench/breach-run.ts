import { setTimeout as delay } from 'node:timers/promises';

import { wallClockMs } from '../testbed/wall-clock.ts';
import type { BenchBed } from './bed.ts';
import type { Breach } from './breach.ts';
import { capPercent, intervalSeconds } from './fleet.ts';
import type { SignalBoard } from './signal-board.ts';

/** When a breach that has just been set became visible, and when an answer first carried it. */
export type Sighting = Pick<Breach, 'visibleAtMs' | 'servedAtMs'>;

export interface BreachRunOptions {
  readonly bed: BenchBed;
  readonly board: SignalBoard;
  readonly random: () => number;
  /** Makes the model bad and answers once it was seen at the provider, or given up on. */
  readonly strike: (model: string) => Promise<Sighting>;
  /** Done once beside each breach, at another random moment of its interval. */
  readonly beside?: () => Promise<void>;
}

/** Longer than any answer to a breach should take, and not reached by one that did. */
const patienceMs = 10_000;
/** A breach stands for this long at least, so that no look misses it. */
const leastMs = 2 * intervalSeconds * 1000;

const intervalMs = intervalSeconds * 1000;

/** One model an interval, in turn, each at a random moment of it. Answers when all are cleared. */
export async function breachOneByOne(options: BreachRunOptions, count: number): Promise<readonly Breach[]> {
  const { board, random } = options;
  const startMs = wallClockMs();
  const at = async (interval: number): Promise<void> => {
    await delay(startMs + (interval + random()) * intervalMs - wallClockMs());
  };
  const breaches = Array.from({ length: count }, async (_, interval) => {
    const beside = at(interval).then(() => options.beside?.());
    await at(interval);
    const breach = await breachOne(options, board.models[interval % board.models.length] ?? '');
    await beside;
    return breach;
  });
  return Promise.all(breaches);
}

/** Several models at the same moment, a random one of an interval. */
export async function breachTogether(options: BreachRunOptions, models: readonly string[]): Promise<readonly Breach[]> {
  await delay(options.random() * intervalMs);
  return Promise.all(models.map((model) => breachOne(options, model)));
}

async function breachOne({ bed, board, strike }: BreachRunOptions, model: string): Promise<Breach> {
  const struckAtMs = wallClockMs();
  const sighting = await strike(model);
  const capped = (): boolean => (bed.liveShare(model) ?? 100) <= capPercent;
  while (!capped() && wallClockMs() < struckAtMs + patienceMs) await delay(50);
  await delay(Math.max(0, sighting.visibleAtMs + leastMs - wallClockMs()));
  const clearedAtMs = wallClockMs();
  const breach = { model, ...sighting, clearedAtMs, capped: capped() };
  board.setBad(model, false);
  return breach;
}

/** Waits until every route has its users' split again. */
export async function untilReleased(bed: BenchBed, models: readonly string[]): Promise<void> {
  const deadlineMs = wallClockMs() + 60_000;
  while (models.some((model) => (bed.liveShare(model) ?? 0) <= capPercent)) {
    if (wallClockMs() > deadlineMs) throw new Error('the routes were not given back within a minute after every breach was over');
    await delay(200);
  }
}
