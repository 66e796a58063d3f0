import type { EpochMs } from '../shared/clock.ts';

/** What one query came to, as the signal source reports it. */
export interface QueryResult {
  readonly provider: string;
  /** `Success`, the cause of the failure, or `Crowded`. */
  readonly result: string;
}

export type ProviderHealth =
  { readonly kind: 'NotAsked' } | { readonly kind: 'Answering' } | { readonly kind: 'Silent'; readonly cause: string };

/** Whether each provider answers at all. One query that fails says little: other queries of other tenants may be fine. */
export interface ProviderHealthBook {
  /** Takes in one query; true when what is to be said of the provider changed. */
  heard(query: QueryResult, nowMs: EpochMs): boolean;
  healthOf(provider: string): ProviderHealth;
  /** When it last answered anything; null if it never did. */
  lastAnswerAtMs(provider: string): EpochMs | null;
}

/** A provider nothing was heard from for this long, though it was asked, does not answer. */
const silentAfterMs = 10_000;

/** It answered, and what it said of the query is between the query and its author. */
const answers: ReadonlySet<string> = new Set(['Success', 'QueryRejected', 'TooLarge']);

interface Standing {
  readonly health: ProviderHealth;
  /** First failure since the last answer; null while it answers. */
  readonly failingSinceMs: EpochMs | null;
  readonly answeredAtMs: EpochMs | null;
}

export function createProviderHealthBook(): ProviderHealthBook {
  const standings = new Map<string, Standing>();
  return {
    heard: ({ provider, result }, nowMs) => {
      // It waited for a place of ours until its time was up: the provider can't be blamed.
      if (result === 'Crowded') return false;
      const known = standings.get(provider) ?? null;
      const next = standingAfter(known, result, nowMs);
      standings.set(provider, next);
      return textOf(known?.health) !== textOf(next.health);
    },
    healthOf: (provider) => standings.get(provider)?.health ?? { kind: 'NotAsked' },
    lastAnswerAtMs: (provider) => standings.get(provider)?.answeredAtMs ?? null,
  };
}

function standingAfter(known: Standing | null, result: string, nowMs: EpochMs): Standing {
  if (answers.has(result)) return { health: { kind: 'Answering' }, failingSinceMs: null, answeredAtMs: nowMs };
  // One that never answered need not be waited for.
  if (known === null) return { health: { kind: 'Silent', cause: result }, failingSinceMs: nowMs, answeredAtMs: null };
  const failingSinceMs = known.failingSinceMs ?? nowMs;
  const isSilent = known.health.kind === 'Silent' || nowMs - failingSinceMs >= silentAfterMs;
  // The first cause stays: a provider that is away fails in many ways, and each change would be a write.
  const health: ProviderHealth = known.health.kind === 'Silent' || !isSilent ? known.health : { kind: 'Silent', cause: result };
  return { health, failingSinceMs, answeredAtMs: known.answeredAtMs };
}

function textOf(health: ProviderHealth | undefined): string {
  return health?.kind === 'Silent' ? `Silent ${health.cause}` : (health?.kind ?? 'NotAsked');
}
