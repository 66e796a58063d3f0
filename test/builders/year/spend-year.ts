import { lookAt } from './look.ts';
import type { Said } from './look.ts';
import { tellYear } from './story.ts';
import type { YearPlanned } from './story.ts';

export type YearPlan = Omit<YearPlanned, 'look'>;

const ends = [31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

/** The year of the issue: its state is looked at on the last day of each month. */
export const longYear: YearPlan = { seed: 1, models: 200, days: 365, bustle: 1, lookOn: ends };

/** As much happens in it to a few models in ten weeks. */
export const shortYear: YearPlan = { seed: 16, models: 16, days: 72, bustle: 5, lookOn: [18, 36, 54, 72] };

export interface SpentYear {
  /** What the audit sink was sent. */
  readonly sink: readonly string[];
  /** What was said at each look, as JSON: one a line. */
  readonly said: string;
  /** How often what happened. */
  readonly counts: Readonly<Record<string, number>>;
  readonly complaints: readonly string[];
}

/** As the plugin prints it. */
const infinite = (_: string, value: unknown): unknown => (value === Infinity ? 'Infinity' : value);

export async function spendYear(plan: YearPlan): Promise<SpentYear> {
  const said: Said[] = [];
  const { world, counts } = await tellYear({
    ...plan,
    lookOn: plan.lookOn.filter((each) => each <= plan.days),
    look: async (year) => void said.push(await lookAt(year.world)),
  });
  await world.stop();
  const lines = said.map((each) => JSON.stringify(each, infinite));
  return { sink: world.sink, said: `[\n${lines.join(',\n')}\n]\n`, counts: Object.fromEntries(counts), complaints: world.complaints };
}
