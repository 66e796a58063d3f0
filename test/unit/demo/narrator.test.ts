import { describe, expect, it } from '@jest/globals';

import { createNarrator, formatElapsed, formatPercent } from '../../../demo/narrator.ts';
import { createManualClock } from '../../builders/manual-clock.ts';

describe('the narrator', () => {
  it('puts the time since the start before each happening', async () => {
    const clock = createManualClock();
    const lines: string[] = [];
    const narrator = createNarrator({ clock, write: (text) => lines.push(text), styled: false });
    narrator.chapter('Scene 1');
    await clock.advance(83_999);
    narrator.say('The candidate is capped.');
    expect(lines).toEqual(['\n00:00  Scene 1\n', '01:23  The candidate is capped.\n']);
  });

  it('uses no escape sequence unless told that a terminal listens', () => {
    const written = (styled: boolean): string => {
      let text = '';
      createNarrator({ clock: createManualClock(), write: (piece) => (text += piece), styled }).chapter('Scene 1');
      return text;
    };
    expect(written(false)).not.toContain('\u001b');
    expect(written(true)).toContain('\u001b[1mScene 1\u001b[0m');
  });
});

it.each([
  [0, '00:00'],
  [59_999, '00:59'],
  [6_000_000, '100:00'],
  [-5, '00:00'],
])('writes %d ms as %s', (elapsedMs, text) => {
  expect(formatElapsed(elapsedMs)).toBe(text);
});

it('writes a share as percent, and what is not known as that', () => {
  expect(formatPercent(0.0998)).toBe('10.0 %');
  expect(formatPercent(NaN)).toBe('unknown');
});
