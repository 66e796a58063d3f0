/** Ranges of the shipped policies, and what a test that may not wait for a week makes of them. */
const shorter: Readonly<Record<string, readonly [range: string, windowSeconds: number]>> = {
  '5m': ['5s', 300],
  '10m': ['10s', 600],
  '1h': ['6s', 3600],
  '7d': ['15s', 604_800],
};

/** The text of a policy with minutes, hours and days of windows as seconds; nothing else of it is touched. A range not known here is left as it is. */
export function withShortWindows(policy: string): string {
  const ranges = policy.replaceAll(/\[(\w+)\]/g, (whole, range: string) =>
    shorter[range] === undefined ? whole : `[${shorter[range][0]}]`,
  );
  return ranges.replaceAll(/(windowSeconds|everySeconds): (\d+)/g, (whole, field: string, seconds: string) => {
    const known = Object.values(shorter).find(([, windowSeconds]) => windowSeconds === Number(seconds));
    if (known === undefined) return whole;
    // Seasons follow each other as closely as windows may: two that share data would prove nothing together.
    return `${field}: ${field === 'everySeconds' ? '6' : known[0].replace('s', '')}`;
  });
}
