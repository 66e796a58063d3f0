import type { ProgrammeWindow } from '../core/risk/programme/facts.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { ReadObjects } from './objects.ts';

/** What the sections of a report are made of. */
export interface ReportFacts extends ReadObjects {
  /** In words, for sources: `namespace lending, tier High`. */
  readonly where: string;
  /** Of figures over time. */
  readonly window: ProgrammeWindow;
  readonly nowMs: EpochMs;
  /** Everything that was read before it was narrowed to a tier or a model: what items of the backlog are ranked among. */
  readonly all: ReadObjects;
  /** Of `all`, in words, whatever policy they are under. */
  readonly whereOfAll: string;
  /** Risks and remediations of a policy beyond which its backlog is not ranked, but said to be left out. */
  readonly mostRanked: number;
}
