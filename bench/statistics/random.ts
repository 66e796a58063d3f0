import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Numbers from 0 up to, not including, 1; the same ones for the same seed. */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** Fisher and Yates: every order is as likely as any other. */
export function shuffled<Item>(items: readonly Item[], random: Random): readonly Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as Item, result[last] as Item];
  }
  return result;
}

/** How many of `n` draws fall to each share; shares sum to 1. */
export function multinomial(n: number, shares: readonly number[], random: Random): readonly number[] {
  const counts = shares.map(() => 0);
  for (let draw = 0; draw < n; draw++) {
    let left = random();
    let bin = 0;
    while (bin < shares.length - 1 && left >= (shares[bin] ?? 1)) {
      left -= shares[bin] ?? 0;
      bin++;
    }
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
