import { describe, expect, it } from '@jest/globals';

import { createEffectiveWrites } from '../../../testbed/effective-writes.ts';
import { createFaultRules, statusBody } from '../../../testbed/fault.ts';
import type { Fault } from '../../../testbed/fault.ts';
import { lineSplitter, watchFilter } from '../../../testbed/faulty-watch.ts';
import { parseKubeRequest } from '../../../testbed/kube-request.ts';

const patchRoute = parseKubeRequest('PATCH', '/apis/gateway.networking.k8s.io/v1/namespaces/a/httproutes/r');
const getRoute = parseKubeRequest('GET', '/apis/gateway.networking.k8s.io/v1/namespaces/a/httproutes/r');

describe('fault rules', () => {
  const conflict: Fault = { kind: 'Reply', status: 409 };

  it('hit the n-th match only, and count what they saw', () => {
    const rules = createFaultRules();
    const rule = rules.add({ match: { verbs: ['patch'] }, nth: 2, fault: conflict });
    const decided = [patchRoute, getRoute, patchRoute, patchRoute].map((request) => rules.decide(request));
    expect(decided).toEqual([null, null, conflict, null]);
    expect([rule.matched, rule.fired]).toEqual([3, 1]);
  });

  it('hit every match without a number, until removed or cleared', () => {
    const rules = createFaultRules();
    const rule = rules.add({ match: {}, fault: conflict });
    expect([rules.decide(getRoute), rules.decide(patchRoute)]).toEqual([conflict, conflict]);
    rule.remove();
    expect(rules.decide(getRoute)).toBeNull();
    rules.add({ match: {}, fault: conflict });
    rules.clear();
    expect(rules.decide(getRoute)).toBeNull();
  });

  it('let the first that is due decide while all count', () => {
    const rules = createFaultRules();
    const first = rules.add({ match: {}, nth: 1, fault: conflict });
    const second = rules.add({ match: {}, nth: 2, fault: { kind: 'Hang' } });
    expect([rules.decide(getRoute), rules.decide(getRoute)]).toEqual([conflict, { kind: 'Hang' }]);
    expect([first.matched, second.matched]).toEqual([2, 2]);
  });
});

it('sends a 422 without causes, as the server answers a failed test', () => {
  expect(statusBody(422)).toMatchObject({ kind: 'Status', code: 422, reason: 'Invalid', details: {} });
});

describe('faulty watches', () => {
  const line = (type: string, name: string): string => JSON.stringify({ type, object: { metadata: { name } } });
  const run = (fault: Fault | null, lines: readonly string[]) => lines.map(watchFilter(fault));
  const lines = [line('ADDED', 'a'), line('BOOKMARK', ''), line('MODIFIED', 'b'), line('DELETED', 'c')];

  it('pass everything without a fault', () => {
    expect(run(null, lines)).toEqual(lines.map((text) => ({ send: `${text}\n`, end: false })));
  });

  it('stall after so many events, not counting bookmarks', () => {
    expect(run({ kind: 'StallWatch', afterEvents: 2 }, lines).map(({ send, end }) => [send !== '', end])).toEqual([
      [true, false],
      [true, false],
      [true, false],
      [false, false],
    ]);
  });

  it('end in the middle of an object', () => {
    const [, , cut] = run({ kind: 'TruncateWatch', afterEvents: 1 }, lines.toSpliced(1, 1, line('ADDED', 'x')));
    expect(cut?.end).toBe(true);
    expect(() => JSON.parse(cut?.send ?? '') as unknown).toThrow();
  });

  it('say 410 inside the stream', () => {
    const [step] = run({ kind: 'GoneInWatch', afterEvents: 0 }, lines);
    expect(step?.end).toBe(true);
    expect(JSON.parse(step?.send ?? '')).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  });

  it('lose the events named', () => {
    const steps = run({ kind: 'LoseEvents', lose: ({ type }) => type === 'MODIFIED' }, lines);
    expect(steps.map(({ send }) => send === '')).toEqual([false, false, true, false]);
  });

  it('are cut into whole lines wherever the chunks end', () => {
    const seen: string[] = [];
    const split = lineSplitter((text) => seen.push(text));
    const bytes = Buffer.from('{"a":"ä"}\n\n{"b":1}\n{"rest');
    for (const byte of bytes) split(Buffer.from([byte]));
    expect(seen).toEqual(['{"a":"ä"}', '{"b":1}']);
  });
});

describe('effective writes', () => {
  const object = (resourceVersion: string) => ({ metadata: { uid: 'u', resourceVersion } });

  it('are those after which the object has another version', () => {
    const writes = createEffectiveWrites();
    writes.observe({ items: [object('9'), object('10')] });
    expect(writes.begin()(patchRoute, 200, object('10'))).toBe(false);
    expect(writes.begin()(patchRoute, 200, object('11'))).toBe(true);
    expect(writes.begin()(patchRoute, 200, object('11'))).toBe(false);
  });

  it('regression: are found when the watch shows them before their answer comes', () => {
    const writes = createEffectiveWrites();
    writes.observe(object('1'));
    const judge = writes.begin();
    writes.observe(object('2'));
    expect(judge(patchRoute, 200, object('2'))).toBe(true);
  });

  it('are neither refused ones nor reads nor reviews, but are deletions', () => {
    const writes = createEffectiveWrites();
    const review = parseKubeRequest('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews');
    const deletion = parseKubeRequest('DELETE', '/api/v1/namespaces/a/configmaps/c');
    expect(writes.begin()(patchRoute, 409, statusBody(409))).toBe(false);
    expect(writes.begin()(getRoute, 200, object('9'))).toBe(false);
    expect(writes.begin()(review, 201, { metadata: {}, status: { allowed: true } })).toBe(false);
    expect(writes.begin()(deletion, 200, { kind: 'Status', status: 'Success' })).toBe(true);
  });
});

describe('rules with a condition', () => {
  it('let pass what the condition does not want, and go on counting', () => {
    const rules = createFaultRules();
    let wanted = false;
    const rule = rules.add({ match: {}, when: () => wanted, fault: { kind: 'Hang' } });
    expect(rules.decide(getRoute)).toBeNull();
    wanted = true;
    expect(rules.decide(getRoute)).toEqual({ kind: 'Hang' });
    expect([rule.matched, rule.fired]).toEqual([2, 1]);
  });
});
