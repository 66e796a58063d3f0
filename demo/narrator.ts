import type { Clock } from '../src/shared/clock.ts';

/** Says what happens, one line a happening, with the time since the start of the demo. */
export interface Narrator {
  /** A heading between parts of the story. */
  chapter(title: string): void;
  say(line: string): void;
}

export interface NarratorOptions {
  readonly clock: Clock;
  readonly write: (text: string) => void;
  /** Bold headings; only for a terminal. */
  readonly styled: boolean;
}

export function createNarrator({ clock, write, styled }: NarratorOptions): Narrator {
  const startMs = clock.nowMs();
  const bold = (text: string): string => (styled ? `\u001b[1m${text}\u001b[0m` : text);
  return {
    chapter(title) {
      write(`\n${formatElapsed(clock.nowMs() - startMs)}  ${bold(title)}\n`);
    },
    say(line) {
      write(`${formatElapsed(clock.nowMs() - startMs)}  ${line}\n`);
    },
  };
}

/** `mm:ss`, minutes beyond 99 in full. */
export function formatElapsed(elapsedMs: number): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

export function formatPercent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : 'unknown';
}
