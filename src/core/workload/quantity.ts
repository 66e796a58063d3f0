const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A quantity as Kubernetes writes it (`250m`, `1.5Gi`, `1e3`) in its base unit; null when it is none, or below 0. */
export function parseQuantity(text: unknown): number | null {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? text : null;
  if (typeof text !== 'string' || text.length > 64) return null;
  const parts = /^\+?(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d{1,3})|([numkKMGTPE]?i?))$/.exec(text);
  const factor = parts?.[2] === undefined ? factors[parts?.[3] ?? ''] : 10 ** Number(parts[2]);
  const value = Number(parts?.[1] ?? NaN) * (factor ?? NaN);
  return Number.isFinite(value) ? value : null;
}
