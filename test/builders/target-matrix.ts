import type { StoryBed } from './live-stories.ts';
import { storyTargets } from './story-target.ts';
import type { StoryTarget } from './story-target.ts';
import { targetStories } from './target-stories.ts';
import type { Story } from './target-stories.ts';

export interface MatrixCell {
  readonly target: string;
  readonly story: string;
  readonly outcome: 'ok' | 'refused' | 'failed';
  /** Why it is refused or what went wrong; null when all is well. */
  readonly reason: string | null;
}

export interface MatrixSummary {
  readonly targets: number;
  readonly cells: number;
  readonly failed: number;
  /** Each with its reason. */
  readonly refused: readonly { readonly target: string; readonly story: string; readonly reason: string }[];
}

async function tell(bed: StoryBed, story: Story, target: StoryTarget): Promise<Pick<MatrixCell, 'outcome' | 'reason'>> {
  try {
    const refusal = await story(await bed.openWorld(), target);
    return refusal === null ? { outcome: 'ok', reason: null } : { outcome: 'refused', reason: refusal };
  } catch (error) {
    return { outcome: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Every story of every kind of target, `concurrency` at a time. */
export async function tellAll(bed: StoryBed, concurrency: number): Promise<readonly MatrixCell[]> {
  const cells = storyTargets.flatMap((target) => Object.entries(targetStories).map(([name, story]) => ({ target, name, story })));
  const told = new Map<(typeof cells)[number], MatrixCell>();
  const waiting = [...cells];
  const work = async (): Promise<void> => {
    for (let cell = waiting.shift(); cell !== undefined; cell = waiting.shift()) {
      const { target, name, story } = cell;
      told.set(cell, { target: target.kind, story: name, ...(await tell(bed, story, target)) });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return cells.flatMap((cell) => told.get(cell) ?? []);
}

export function summarize(cells: readonly MatrixCell[]): MatrixSummary {
  return {
    targets: new Set(cells.map(({ target }) => target)).size,
    cells: cells.length,
    failed: cells.filter(({ outcome }) => outcome === 'failed').length,
    refused: cells.flatMap(({ target, story, outcome, reason }) =>
      outcome === 'refused' ? [{ target, story, reason: reason ?? '' }] : [],
    ),
  };
}

/** One row a story, one column a kind of target; reasons below. */
export function matrixTable(cells: readonly MatrixCell[]): readonly string[] {
  const targets = [...new Set(cells.map(({ target }) => target))];
  const stories = [...new Set(cells.map(({ story }) => story))];
  const wide = Math.max(...stories.map(({ length }) => length));
  const row = (first: string, rest: readonly string[]): string =>
    [first.padEnd(wide), ...rest.map((text) => text.padEnd(14))].join('  ').trimEnd();
  const outcomeOf = (story: string, target: string): string =>
    cells.find((cell) => cell.story === story && cell.target === target)?.outcome ?? '-';
  return [
    row('', targets),
    ...stories.map((story) =>
      row(
        story,
        targets.map((target) => outcomeOf(story, target)),
      ),
    ),
    ...cells.flatMap(({ target, story, outcome, reason }) => (reason === null ? [] : [`${target}, ${story}: ${outcome}: ${reason}`])),
  ];
}
