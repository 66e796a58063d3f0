import type { EpochMs } from '../../shared/clock.ts';
import { success, type Result } from '../../shared/result.ts';
import type { Share } from './proportion.ts';
import type { StatisticGap } from './reading.ts';
import { gap, readSingle, type Row } from './row.ts';

/** Rows of two versions, added up over windows that share none: what an always-valid comparison may be looked at as it grows. */
export interface ComparisonSample {
  readonly startMs: EpochMs;
  /** Time of the newest data in it. */
  readonly endMs: EpochMs;
  /** When its newest window was asked for: no row before that is to be counted again. */
  readonly askedAtMs: EpochMs;
  readonly windows: number;
  readonly own: Share;
  readonly other: Share;
}

export interface SampleRule {
  /** Version compared with. */
  readonly version: string;
  readonly windowSeconds: number;
  /** A sample that would be longer begins anew. */
  readonly sampleSeconds: number;
}

/** The counts of one poll, and what is known of their times. */
export interface PolledWindow {
  readonly askedAtMs: EpochMs;
  readonly dataTimeMs: EpochMs;
  /** Rows from before this are no evidence for whoever goes by the reading; null: all are. */
  readonly evidenceFromMs: EpochMs | null;
  readonly rows: (part: string, version?: string) => readonly Row[];
}

/**
 * The sample after this poll: one window more, once that shares no row with those in it, else as it was. It begins anew where evidence does, and
 * where it would last longer than the rule says: what happened long ago would hide what happens now. Null: no window has passed yet since evidence began.
 */
export function growSample(
  before: ComparisonSample | null,
  polled: PolledWindow,
  rule: SampleRule,
): Result<ComparisonSample | null, StatisticGap> {
  const { askedAtMs, evidenceFromMs } = polled;
  // Whole milliseconds: times are compared after they were made seconds and back.
  const endMs = Math.floor(polled.dataTimeMs);
  const startMs = endMs - rule.windowSeconds * 1000;
  // A clock that went back says nothing of which rows are in it.
  const isOver = before !== null && (before.startMs < (evidenceFromMs ?? -Infinity) || before.askedAtMs > askedAtMs);
  const kept = isOver ? null : before;
  if (startMs < Math.max(kept?.askedAtMs ?? -Infinity, evidenceFromMs ?? -Infinity)) return success(kept);
  const shares = readShares(polled, rule.version);
  if (!shares.ok) return shares;
  const { own, other } = shares.value;
  const idle = own.trials > 0 ? (other.trials > 0 ? null : `version ${rule.version}`) : 'this version';
  // Without traffic on a side nothing can be compared: a sample grows old then, and stale.
  if (idle !== null) return kept === null ? gap('Empty', `no rows of ${idle} in the window`) : success(kept);
  const window = { startMs, endMs, askedAtMs, windows: 1, own, other };
  const isFull = kept !== null && endMs - kept.startMs > rule.sampleSeconds * 1000;
  if (kept === null || isFull) return success(window);
  return success({
    ...window,
    startMs: kept.startMs,
    windows: kept.windows + 1,
    own: add(kept.own, own),
    other: add(kept.other, other),
  });
}

function readShares({ rows }: PolledWindow, version: string): Result<{ readonly own: Share; readonly other: Share }, StatisticGap> {
  const own = readShare((part) => rows(part), 'of this version');
  if (!own.ok) return own;
  const other = readShare((part) => rows(part, version), `of version ${version}`);
  return other.ok ? success({ own: own.value, other: other.value }) : other;
}

/** A series that is absent counted nothing. */
function readShare(rows: (part: string) => readonly Row[], whose: string): Result<Share, StatisticGap> {
  const [events, total] = [readSingle(rows('value'), `events (${whose})`), readSingle(rows('total'), `total (${whose})`)];
  if (!events.ok) return events;
  if (!total.ok) return total;
  const [successes, trials] = [events.value ?? 0, total.value ?? 0];
  if (successes < 0 || trials < 0) return gap('Incomparable', `a count ${whose} is below 0; counts are increases of counters`);
  // Two increases are extrapolated apart, so one may come out a little above what it is part of.
  if (successes > trials * (1 + extrapolation) + 1)
    return gap('Incomparable', `more events than rows ${whose}; events are a part of total`);
  return success({ successes: Math.min(successes, trials), trials });
}

const extrapolation = 0.1;

function add(one: Share, other: Share): Share {
  return { successes: one.successes + other.successes, trials: one.trials + other.trials };
}
