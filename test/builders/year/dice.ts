/** Numbers of one seed, the same on every machine. */
export interface Dice {
  /** In [0, 1). */
  next(): number;
  /** Whether something of this chance happens. */
  happens(chance: number): boolean;
  pick<T>(all: readonly T[]): T;
  /** A whole number of low to high. */
  between(low: number, high: number): number;
}

/** SplitMix32. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    happens: (chance) => next() < chance,
    pick: (all) => {
      const found = all[Math.floor(next() * all.length)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
  };
}
