/** Reproducible draws from given shares: what counts look like when nothing has changed. */
export function createDraws(seed: number): (shares: readonly number[], rows: number) => readonly number[] {
  let state = seed;
  // Mulberry32: good enough to draw counts, and the same on every machine.
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return (shares, rows) => {
    let sum = 0;
    const upTo = shares.map((share) => (sum += share));
    const counts = shares.map(() => 0);
    for (let row = 0; row < rows; row++) {
      const place = random() * sum;
      let [low, high] = [0, upTo.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((upTo[middle] ?? 0) > place) high = middle;
        else low = middle + 1;
      }
      counts[low] = (counts[low] ?? 0) + 1;
    }
    return counts;
  };
}
