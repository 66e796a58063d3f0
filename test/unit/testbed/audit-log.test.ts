import { describe, expect, it } from '@jest/globals';

import { parseMicroTime, requestsOf, writesOf } from '../../../testbed/audit-log.ts';

const operator = 'system:serviceaccount:modelrisk-system:modelrisk-operator';

function line(overrides: object = {}): string {
  return JSON.stringify({
    stage: 'ResponseComplete',
    verb: 'patch',
    user: { username: operator },
    objectRef: { resource: 'httproutes', namespace: 'employment', name: 'employment' },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: '2026-06-01T12:00:00.000100Z',
    stageTimestamp: '2026-06-01T12:00:00.004350Z',
    ...overrides,
  });
}

describe('writes in the audit log', () => {
  it('are read with the times of request and answer, to the microsecond', () => {
    expect(writesOf(operator, `${line()}\n`)).toEqual([
      {
        user: operator,
        verb: 'patch',
        resource: 'httproutes',
        subresource: '',
        namespace: 'employment',
        name: 'employment',
        status: 200,
        receivedAtMs: Date.UTC(2026, 5, 1, 12) + 0.1,
        answeredAtMs: Date.UTC(2026, 5, 1, 12) + 4.35,
      },
    ]);
  });

  it.each([
    ['reads', line({ verb: 'get' })],
    ['other users', line({ user: { username: 'testbed-admin' } })],
    ['requests not yet answered', line({ stage: 'RequestReceived' })],
    ['a line that is still being written', line().slice(0, -5)],
    ['a line that is cut inside, after a brace', '{"stage":{}'],
    ['an empty line', ''],
  ])('leave out %s', (_what, text) => {
    expect(writesOf(operator, `${line()}\n${text}`)).toHaveLength(1);
  });

  it('keep what was refused, and say so', () => {
    expect(writesOf(operator, line({ responseStatus: { code: 422 } }))[0]?.status).toBe(422);
  });

  it('tell status writes from writes of the object', () => {
    const text = line({ objectRef: { resource: 'modelrisks', subresource: 'status', namespace: 'a', name: 'b' } });
    expect(writesOf(operator, text)[0]).toMatchObject({ resource: 'modelrisks', subresource: 'status' });
  });
});

describe('requests in the audit log', () => {
  it('are the reads and watches of that user too', () => {
    const log = ['get', 'list', 'watch', 'patch'].map((verb) => line({ verb })).join('\n');
    expect(requestsOf(operator, `${log}\n${line({ user: { username: 'testbed-admin' } })}`).map(({ verb }) => verb)).toEqual([
      'get',
      'list',
      'watch',
      'patch',
    ]);
  });
});

describe('a time with microseconds', () => {
  it.each([
    ['2026-06-01T12:00:00.123456Z', 123.456],
    ['2026-06-01T12:00:00Z', 0],
    ['2026-06-01T14:00:00.5+02:00', 500],
  ])('%s', (text, expectedMs) => {
    expect(parseMicroTime(text) - Date.UTC(2026, 5, 1, 12)).toBeCloseTo(expectedMs, 2);
  });

  it('is unknown when it is none', () => {
    expect(parseMicroTime('')).toBeNaN();
    expect(parseMicroTime('yesterday')).toBeNaN();
  });
});
