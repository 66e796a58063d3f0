import type { Interval } from '../../model/observation.ts';
import type { RateRatio } from './rate-ratio.ts';
import type { Survival } from './survival.ts';

interface Figure {
  readonly name: string;
  /** What was counted, in words. */
  readonly population: string;
}

export interface TimeFigure extends Figure, Survival {
  readonly kind: 'Time';
  /** In the population, but without the times it takes. */
  readonly unknown: number;
}

export interface ShareFigure extends Figure {
  readonly kind: 'Share';
  readonly count: number;
  readonly n: number;
  /** Null: it is not known. Never 0 for that. */
  readonly value: number | null;
  /** Wilson, at 95 %; null also where all there is was counted, which leaves nothing to estimate. */
  readonly interval: Interval | null;
  /** Why there is no value, or what it leaves out; may be empty. */
  readonly note: string;
  /** What is short of the whole, one by one, where the whole is the target. */
  readonly gaps: readonly string[];
}

export interface CountFigure extends Figure {
  readonly kind: 'Count';
  readonly count: number;
  /** Of how many, or beside how many: the population says of what. */
  readonly n: number;
}

export interface TrendFigure extends Figure, RateRatio {
  readonly kind: 'Trend';
}

export type ProgrammeFigure = TimeFigure | ShareFigure | CountFigure | TrendFigure;
