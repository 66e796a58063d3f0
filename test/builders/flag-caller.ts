import { FlagdCore } from '@openfeature/flagd-core';

export interface FlagCaller {
  readonly context?: Readonly<Record<string, string>>;
  /** The default in the caller's code. */
  readonly code?: boolean;
}

/** What flagd's own evaluator answers a caller of a boolean flag of these definitions. */
export function answerTo({ context = {}, code = true }: FlagCaller, definitions: string, flag: string): boolean {
  const core = new FlagdCore();
  core.setConfigurations(definitions);
  return core.resolveBooleanEvaluation(flag, code, { targetingKey: 'caller', ...context }).value;
}
