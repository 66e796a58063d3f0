import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { httpRouteActuator } from '../../../src/actuators/http-route/actuator.ts';
import type { TargetObject } from '../../../src/actuators/port.ts';
import { printProposal, proposeFor } from '../../../src/cli/propose.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { cap, halfAndHalf, settled } from '../../builders/http-route.ts';

const capped = settled(halfAndHalf(), [cap(10), cap(20, { holder: { plan: 'other' } })]);

function proposalFor(live: TargetObject | null) {
  const get = () =>
    Promise.resolve(live === null ? failure({ kind: 'NotFound', message: 'not found' }) : success(live as unknown as UntypedObject));
  return proposeFor({ client: { get }, actuator: httpRouteActuator, namespace: 'lending', name: 'credit' });
}

describe('kubectl modelrisk propose', () => {
  it('prints a patch that names the object, who holds it, and the fields as a whole', async () => {
    const proposal = await proposalFor(capped);
    if (!proposal.ok) throw new Error(proposal.failure);
    const text = printProposal(proposal.value);
    expect(parse(text)).toEqual({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'credit', namespace: 'lending', annotations: { 'modelrisk.dev/proposed-by': 'credit-1 other-1' } },
      spec: {
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            backendRefs: [
              { name: 'credit-v2', port: 8080, weight: 1 },
              { name: 'credit-v1', port: 8080, weight: 9 },
            ],
          },
        ],
      },
    });
    expect(text).toMatch(/^# The limit in force on HTTPRoute lending\/credit, to stay/);
    expect(text).toContain('# Nothing was written.');
  });

  it.each([
    ['is not there', null, 'HTTPRoute lending/credit could not be read: not found'],
    ['is free', halfAndHalf(), 'HTTPRoute lending/credit is under no constraint: what Git says is in force.'],
  ])('says why there is nothing to propose where the object %s', async (_, live, why) => {
    expect(await proposalFor(live)).toEqual(failure(why));
  });

  it('obeys no journal of another object', async () => {
    const metadata = { ...(capped.metadata as object), uid: 'copy' };
    expect(await proposalFor({ ...capped, metadata })).toMatchObject({ ok: false, failure: expect.stringContaining('uid') });
  });
});
