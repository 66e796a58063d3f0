import { describe, expect, it } from '@jest/globals';
import { auditNamespace } from '../../../src/governance/audit.ts';
import { findingsBy } from '../../../src/report/record-findings.ts';
import { verifyRecord } from '../../../src/report/verify-record.ts';
import { incidentManifest, stored } from '../../builders/api.ts';

describe('what was found in the record', () => {
  const found = new Map([
    [
      'lending',
      [
        { incident: 'ri-a', message: 'entry 3 is edited' },
        { incident: '', message: 'the chain has a gap' },
      ],
    ],
    ['trading', []],
  ]);

  it.each([
    ['of the incident itself, and of the chain it is in', 'lending/ri-a', ['entry 3 is edited', 'the chain has a gap']],
    ['of the chain, though nothing is wrong with the incident', 'lending/ri-b', ['the chain has a gap']],
    ['nothing, where it was recomputed and is whole', 'trading/ri-a', []],
    ['unknown, where nobody recomputed it', 'housing/ri-a', null],
  ])('is %s', (_, incident, expected) => {
    expect(findingsBy(found)(incident)).toEqual(expected);
  });
});

describe('verifyRecord', () => {
  const incident = (name: string, spec: object = incidentManifest().spec) =>
    stored({ ...incidentManifest(), metadata: { name, namespace: 'lending' }, spec } as never) as unknown as {
      readonly metadata: { readonly name: string };
    };

  it('reads by the reader it is given: who read the objects before reads none twice', () => {
    const asked: object[] = [];
    const read = (object: object) => {
      asked.push(object);
      return { ok: false, failure: ['of a later version'] } as const;
    };
    const objects = [incident('ri-a'), incident('ri-b')];
    const verified = verifyRecord(objects, null, { audit: auditNamespace, read });
    expect(asked).toEqual(objects);
    const message = 'of a later version';
    const findings = ['ri-a', 'ri-b'].map((name) => ({ incident: name, message }));
    expect(verified).toEqual({ ok: true, value: { incidents: 2, entries: 0, recomputedValues: 0, findings } });
  });

  it('fails in a sentence where the chain head is not readable', () => {
    const head = { apiVersion: 'modelrisk.dev/v1alpha1', kind: 'RiskChainHead', metadata: { name: 'chain' }, spec: { tails: 'none' } };
    const verified = verifyRecord([], head, { audit: auditNamespace });
    expect(verified).toMatchObject({ ok: false, failure: expect.stringMatching(/^RiskChainHead chain is not readable: /) as unknown });
  });
});
