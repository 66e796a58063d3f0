import { FlagdCore } from '@openfeature/flagd-core';

/** The definition of one flag set, as flagd would be handed it, and what callers make of it. */
export interface FlagReader {
  /** `spec.flagSpec` of a FeatureFlag object. A definition flagd refuses leaves the one before in force; the refusal is thrown. */
  define(flagSpec: unknown): void;
  /** How flagd's own evaluator answers for this caller; the value in the code where there is no such flag. */
  isOn(flag: string, targetingKey: string): boolean;
}

/** Without a flag callers ask for the safe version. */
const valueInCode = false;

export function createFlagReader(): FlagReader {
  const core = new FlagdCore();
  return {
    define(flagSpec) {
      core.setConfigurations(JSON.stringify(flagSpec));
    },
    isOn(flag, targetingKey) {
      try {
        return core.resolveBooleanEvaluation(flag, valueInCode, { targetingKey }).value;
      } catch {
        // An unknown or broken flag: an SDK hands the caller the value in its code.
        return valueInCode;
      }
    },
  };
}
