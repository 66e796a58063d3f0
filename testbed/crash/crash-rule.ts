import { setTimeout as delay } from 'node:timers/promises';

import type { Fault, FaultRule } from '../fault.ts';
import type { KubeRequest } from '../kube-request.ts';
import type { CrashCase } from './crash-case.ts';
import { countKind } from './crash-case.ts';

export interface CrashRule {
  readonly rule: FaultRule;
  /** The point was reached and the operator died there. */
  readonly reached: () => boolean;
}

type SeenRequest = KubeRequest & { readonly effective: boolean };

/** For the process to take the answer in: a dead process's socket buffer acknowledges nothing. What it sends meanwhile passes. */
const takeInMs = 5;

function faultOf({ outcome }: CrashCase, crash: () => Promise<void>): Fault {
  switch (outcome) {
    case 'landed and acked':
      return { kind: 'AfterAnswer', then: () => delay(takeInMs).then(crash), onlyEffective: true };
    case 'landed, ack lost':
      return { kind: 'DropAnswer', then: crash, onlyEffective: true };
    case 'not landed':
      return { kind: 'DropRequest', then: crash };
  }
}

/**
 * The operator dies once, at the write the case names: the first of its kind after `occurrence - 1` effective ones. A write
 * that turns out to change nothing is let through and the next one is tried; where nothing may land nobody can know that
 * beforehand, and the operator dies at the same moment of its life anyway.
 */
export function crashRule(crashCase: CrashCase, seen: readonly SeenRequest[], kill: () => Promise<void>): CrashRule {
  const { verb, resource, subresource, occurrence } = crashCase.point;
  const state = { reached: false };
  const crash = async (): Promise<void> => {
    state.reached = true;
    await kill();
  };
  return {
    reached: () => state.reached,
    rule: {
      match: { verbs: [verb], resource, subresource },
      when: () => !state.reached && countKind(crashCase.point, seen) === occurrence - 1,
      fault: faultOf(crashCase, crash),
    },
  };
}
