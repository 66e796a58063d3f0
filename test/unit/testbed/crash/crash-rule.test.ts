import { describe, expect, it } from '@jest/globals';

import type { CrashCase, CrashOutcome } from '../../../../testbed/crash/crash-case.ts';
import { crashRule } from '../../../../testbed/crash/crash-rule.ts';
import { createFaultRules } from '../../../../testbed/fault.ts';
import { parseKubeRequest } from '../../../../testbed/kube-request.ts';
import type { KubeRequest } from '../../../../testbed/kube-request.ts';

const url = '/apis/gateway.networking.k8s.io/v1/namespaces/lending/httproutes/credit';
const patchRoute = parseKubeRequest('PATCH', url);
const patchStatus = parseKubeRequest('PATCH', `${url}/status`);

function aCase(outcome: CrashOutcome): CrashCase {
  return { number: 5, point: { verb: 'patch', resource: 'httproutes', subresource: null, occurrence: 2 }, outcome };
}

describe('the rule of a crash', () => {
  it.each([
    ['landed and acked', 'AfterAnswer'],
    ['landed, ack lost', 'DropAnswer'],
    ['not landed', 'DropRequest'],
  ] as const)('%s: strikes the n-th effective write of its kind, once', async (outcome, kind) => {
    const seen: (KubeRequest & { effective: boolean })[] = [];
    const kills: string[] = [];
    const { rule, reached } = crashRule(aCase(outcome), seen, () => {
      kills.push('killed');
      return Promise.resolve();
    });
    const rules = createFaultRules();
    rules.add(rule);
    const pass = (request: KubeRequest, effective: boolean) => {
      const fault = rules.decide(request);
      seen.push({ ...request, effective });
      return fault;
    };
    expect([pass(patchRoute, true), pass(patchStatus, true), reached()]).toEqual([null, null, false]);
    const fault = pass(patchRoute, false);
    expect(fault).toMatchObject({ kind });
    // The server refused it: it was not the write that was meant.
    expect(pass(patchRoute, true)).toMatchObject({ kind });
    if (fault !== null && 'then' in fault) await fault.then();
    expect([reached(), kills]).toEqual([true, ['killed']]);
    expect(pass(patchRoute, true)).toBeNull();
  });
});
