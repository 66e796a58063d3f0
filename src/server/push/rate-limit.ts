import type { Clock, EpochMs } from '../../shared/clock.ts';

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Whether one more may pass now, for each key by itself. */
export interface RateLimit {
  take(key: string): boolean;
}

interface Bucket {
  readonly tokens: number;
  readonly atMs: EpochMs;
}

const mostKeys = 4096;

/** Token buckets. Those that are full again say nothing and are forgotten first; who comes when all are in use waits. */
export function createRateLimit(clock: Clock, { perSecond, burst }: Rate): RateLimit {
  const buckets = new Map<string, Bucket>();
  const tokensNow = ({ tokens, atMs }: Bucket): number => Math.min(burst, tokens + ((clock.nowMs() - atMs) / 1000) * perSecond);
  return {
    take: (key) => {
      if (!buckets.has(key) && buckets.size >= mostKeys) {
        for (const [each, bucket] of buckets) if (tokensNow(bucket) >= burst) buckets.delete(each);
        if (buckets.size >= mostKeys) return false;
      }
      const tokens = tokensNow(buckets.get(key) ?? { tokens: burst, atMs: clock.nowMs() });
      if (tokens < 1) return false;
      buckets.set(key, { tokens: tokens - 1, atMs: clock.nowMs() });
      return true;
    },
  };
}
