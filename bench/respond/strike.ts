import { setTimeout as delay } from 'node:timers/promises';

import { wallClockMs } from '../../testbed/wall-clock.ts';
import type { Sighting } from '../breach-run.ts';
import type { RespondModel } from './model.ts';
import type { Struck } from './timing.ts';

export interface StrikeOptions {
  readonly models: readonly RespondModel[];
  readonly random: () => number;
  /** Makes the model bad and answers once an answer carried it, or nobody asked for long. */
  readonly strike: (namespace: string) => Promise<Sighting>;
  readonly clear: (namespace: string) => void;
}

const intervalMs = 1000;
/** Longer than any answer to a breach should take, and not reached by one that did. */
const patienceMs = 10_000;
/** Longer than any release should take. */
const releaseMs = 120_000;

/** One model at a time, in turn, each at a random moment of an interval and not before its last breach is over to the byte. */
export async function strikeInTurn(options: StrikeOptions, count: number): Promise<readonly Struck[]> {
  const { models, random } = options;
  const struck: Struck[] = [];
  for (let index = 0; index < count; index++) {
    const model = models[index % models.length];
    if (model === undefined) throw new Error('there is no model to strike');
    await until(() => model.isFree(), { withinMs: releaseMs, what: `${model.namespace} was not given back` });
    await delay(random() * intervalMs);
    struck.push(await strikeOne(options, model));
  }
  return struck;
}

async function strikeOne({ strike, clear }: StrikeOptions, model: RespondModel): Promise<Struck> {
  const struckAtMs = wallClockMs();
  const { visibleAtMs, servedAtMs } = await strike(model.namespace);
  while (!model.isHeld() && wallClockMs() < struckAtMs + patienceMs) await delay(10);
  const clearedAtMs = wallClockMs();
  clear(model.namespace);
  return { namespace: model.namespace, visibleAtMs, servedAtMs, clearedAtMs, held: model.isHeld() };
}

async function until(isSo: () => boolean, { withinMs, what }: { readonly withinMs: number; readonly what: string }): Promise<void> {
  const deadlineMs = wallClockMs() + withinMs;
  while (!isSo()) {
    if (wallClockMs() > deadlineMs) throw new Error(`${what} within ${String(withinMs / 1000)} s`);
    await delay(20);
  }
}
