import { describe, expect, it } from '@jest/globals';
import { classify } from '../../../src/kube/api-failure.ts';
import type { Refusal } from '../../../src/kube/api-failure.ts';

function refusal(fields: Partial<Refusal> & Pick<Refusal, 'status'>): Refusal {
  return { body: { kind: 'Status', message: 'as the server said' }, retryAfter: null, isPatch: false, ...fields };
}

const causes = {
  details: { causes: [{ field: 'spec.mode', message: 'Unsupported value', reason: 'FieldValueNotSupported' }] },
  message: 'm',
};

describe('classify', () => {
  it.each([
    [400, 'Invalid'],
    [401, 'Denied'],
    [403, 'Denied'],
    [404, 'NotFound'],
    [405, 'Invalid'],
    [408, 'Unavailable'],
    [409, 'Conflict'],
    [410, 'Gone'],
    [415, 'Invalid'],
    [422, 'Invalid'],
    [429, 'Throttled'],
    [500, 'Unavailable'],
    [502, 'Unavailable'],
    [503, 'Throttled'],
    [504, 'Unavailable'],
  ])('sorts %i as %s', (status, kind) => {
    expect(classify(refusal({ status }))).toMatchObject({ kind, status, message: 'as the server said' });
  });

  it('takes 422 without causes on a patch for a failed test', () => {
    expect(classify(refusal({ status: 422, isPatch: true, body: { details: {}, message: 'm' } }))).toMatchObject({
      kind: 'Conflict',
      cause: 'TestFailed',
    });
  });

  it('takes 422 with causes on a patch for a wrong object, and names the fields', () => {
    expect(classify(refusal({ status: 422, isPatch: true, body: causes }))).toMatchObject({
      kind: 'Invalid',
      causes: [{ field: 'spec.mode', message: 'Unsupported value' }],
    });
  });

  it('tells a namespace that is being deleted from any other refusal', () => {
    const body = { message: 'm', details: { causes: [{ reason: 'NamespaceTerminating', message: 'm', field: 'metadata.namespace' }] } };
    expect(classify(refusal({ status: 403, body }))).toEqual({ kind: 'Denied', status: 403, message: 'm', namespaceTerminates: true });
    expect(classify(refusal({ status: 403 }))).not.toHaveProperty('namespaceTerminates');
  });

  it('tells an object that exists from one that was modified', () => {
    expect(classify(refusal({ status: 409, body: { reason: 'AlreadyExists' } }))).toMatchObject({ cause: 'AlreadyExists' });
    expect(classify(refusal({ status: 409, body: { reason: 'Conflict' } }))).toMatchObject({ cause: 'ResourceVersion' });
  });

  it.each([
    ['the header', { retryAfter: '7', body: {} }, 7000],
    ['the Status where there is no header', { body: { details: { retryAfterSeconds: 3 } } }, 3000],
    ['neither', { body: {} }, null],
    ['a maintenance page that asks for an hour, to a minute', { retryAfter: '3600', body: {} }, 60_000],
    ['a header that is a date', { retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT', body: {} }, null],
    ['a header below zero', { retryAfter: '-1', body: {} }, null],
  ])('reads the time to wait from %s', (_from, fields, retryAfterMs) => {
    expect(classify(refusal({ status: 429, ...fields }))).toMatchObject({ kind: 'Throttled', retryAfterMs });
  });

  it('knows that 429 was never stored and that 500, 503 and 504 may have been', () => {
    expect(classify(refusal({ status: 429 }))).toMatchObject({ landed: 'No' });
    for (const status of [500, 503, 504]) expect(classify(refusal({ status }))).toMatchObject({ landed: 'Unknown' });
  });

  it.each([
    ['a page', '<html>'],
    ['nothing', null],
    ['a list', []],
    ['odd details', { details: 'x', message: 7 }],
  ])('survives %s in place of a Status', (_name, body) => {
    expect(classify(refusal({ status: 422, isPatch: true, body }))).toMatchObject({ kind: 'Conflict', message: 'HTTP 422' });
  });
});
