import type { EpochMs } from '../../shared/clock.ts';

/** Human acts on one plan, already found valid (author, role, digest, expiry) for this instant. */
export type DecisionInForce =
  | {
      readonly action: 'Release';
      readonly name: string;
      readonly author: string;
      readonly engagement: number;
      readonly expiresAtMs: EpochMs | null;
    }
  | {
      readonly action: 'Accept';
      readonly name: string;
      readonly author: string;
      readonly indicators: readonly string[];
      readonly expiresAtMs: EpochMs;
    }
  | { readonly action: 'Hold'; readonly name: string; readonly author: string; readonly expiresAtMs: EpochMs }
  | { readonly action: 'Approve'; readonly name: string; readonly author: string; readonly engagement: number; readonly stage: number }
  | { readonly action: 'Reject'; readonly name: string; readonly author: string; readonly engagement: number; readonly stage: number };
