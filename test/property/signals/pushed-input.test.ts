import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judge } from '../../../src/core/judge.ts';
import type { Observation } from '../../../src/core/model/observation.ts';
import { success } from '../../../src/shared/result.ts';
import { climbs, fillPath } from '../../../src/signals/http-json/path.ts';
import { followPointer } from '../../../src/signals/http-json/pointer.ts';
import { askPage } from '../../../src/signals/http-json/source.ts';
import { createInbox, type Inbox } from '../../../src/signals/inbox/inbox.ts';
import { anIndicator } from '../../builders/core.ts';
import { createManualClock, someTimeMs } from '../../builders/manual-clock.ts';
import { notification, pushRequest, sender } from '../../builders/pushing.ts';
import { alertSignal, httpJSONSignal, pushSignal, requestFor } from '../../builders/signal.ts';

const clock = createManualClock();
const identity = { namespace: 'lending', model: 'credit', version: '2' };
/** Everything below a million is good: a verdict of Ok is as easily had as can be. */
const indicator = anIndicator({
  threshold: { direction: 'Above', warn: null, breach: 1e6, clear: 1e6, severe: null },
  minSamples: null,
  staleAfterSeconds: 60,
});
const verdictOf = (observation: Observation) => judge({ indicator, identity, served: 'Live', observation, nowMs: someTimeMs }).verdict;

const text = fc.string({ unit: 'binary', maxLength: 40 });
/** What no reading may be made of. */
const bad = fc.oneof(
  fc.constantFrom(null, '', 'NaN', '+Inf', '0.1', true, [], {}, 1e15, -1e15, 1e300, [0.1], { value: 0.1 }),
  text,
  fc.array(fc.integer()),
);
const times = fc.oneof(fc.constantFrom(null, '', '2026-06-01', 'yesterday', -1, 1e13, {}, []), text, fc.constant(someTimeMs));

describe('a page of a service', () => {
  const pointers = { value: '/v', time: '/t', sampleCount: null };
  const ask = async (document: unknown): Promise<Observation> => {
    const client = { read: () => Promise.resolve(success(document)), close: () => Promise.resolve() };
    const page = [requestFor(httpJSONSignal({ pointers }))] as const;
    const [answer] = await askPage(page, { client, clock, onQuery: () => undefined, abort: new AbortController().signal });
    if (answer === undefined) throw new Error('no answer');
    return answer.observation;
  };

  it('with a value or a time that is none is never Ok, whatever stands beside it', async () => {
    await fc.assert(
      fc.asyncProperty(bad, async (v) => {
        expect(verdictOf(await ask({ v, t: someTimeMs / 1000 }))).toBe('NoData');
      }),
    );
    await fc.assert(
      fc.asyncProperty(times, async (t) => {
        expect(verdictOf(await ask({ v: 0.1, t }))).toBe('NoData');
      }),
    );
  });

  it('of any JSON is answered, and is Ok only with a number and a fresh time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (document) => {
        expect(verdictOf(await ask(document))).toBe('NoData');
      }),
    );
  });

  it('nested without end is no data', async () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
    expect(verdictOf(await ask(deep))).toBe('NoData');
    expect(verdictOf(await ask({ v: deep, t: deep }))).toBe('NoData');
  });
});

describe('a pointer', () => {
  it('finds every member by its escaped name, and never anything inherited', () => {
    fc.assert(
      fc.property(text, fc.integer(), (name, value) => {
        const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        expect(followPointer(Object.fromEntries([[name, value]]), pointer)).toBe(value);
        expect(followPointer({}, pointer)).toBeUndefined();
      }),
    );
  });
});

describe('a filled path', () => {
  it('has as many segments as it was written with, whatever models are called, or is not asked for', () => {
    const called = fc.oneof(text, fc.constantFrom('.', '..', '%2e', '../a', 'a/..'));
    fc.assert(
      fc.property(text, called, called, (namespace, model, version) => {
        const path = fillPath('/a/{namespace}/{model}/{version}?x=1', { namespace, model, version });
        if (climbs(path)) return;
        expect(path).toMatch(/^\/a(?:\/[!-.0->@-~]*){3}\?x=1$/);
        expect(new URL(`http://service${path}`).pathname.split('/').slice(0, 2)).toEqual(['', 'a']);
        expect(new URL(`http://service${path}`).pathname.split('/')).toHaveLength(5);
      }),
    );
  });
});

describe('what is posted', () => {
  const uses = {
    pushesIn: () => [{ namespace: 'lending', model: 'credit', policy: 'default', signal: 'score-drift' }],
    alertUses: () => [{ namespaceLabel: 'namespace', isHeartbeat: false }],
  };
  const reading = { ...identity, served: 'Live', signal: 'score-drift', value: 0.1, time: someTimeMs / 1000 };
  const post = (inbox: Inbox, path: string, body: unknown) => sender({ inbox, uses, clock })(pushRequest(path, body));

  it.each(['namespace', 'model', 'version', 'served', 'signal', 'value', 'time', 'sampleCount', 'interval', 'policy'])(
    'is a reading only when all of it is right: nothing else is ever kept, or breaks the endpoint: %s',
    async (field) => {
      await fc.assert(
        fc.asyncProperty(fc.oneof(bad, fc.jsonValue()), async (value) => {
          const inbox = createInbox(clock);
          // As it travels: JSON has no -0.
          const sent = JSON.parse(JSON.stringify({ ...reading, [field]: value })) as Readonly<Record<string, unknown>>;
          const reply = await post(inbox, '/v1/readings', sent);
          const kept = inbox.observe(requestFor(pushSignal()));
          expect([200, 400, 403, 422]).toContain(reply.status);
          if (kept.kind !== 'Value') return;
          const { value: point, sampleCount: rows = null, interval = null } = sent;
          expect(reply.status).toBe(200);
          expect([kept.value, kept.sampleCount, kept.interval]).toEqual([point, rows, interval]);
          expect(Math.abs(kept.value)).toBeLessThan(1e15);
          expect(rows === null || (Number.isSafeInteger(rows) && Number(rows) >= 0)).toBe(true);
        }),
      );
    },
  );

  it('of any JSON is refused, and keeps nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('/v1/readings', '/v1/alerts'), fc.jsonValue(), async (path, body) => {
        const inbox = createInbox(clock);
        expect((await post(inbox, path, body)).status).toBe(400);
        expect(inbox.observe(requestFor(pushSignal())).kind).toBe('NoData');
      }),
    );
  });

  it('nested without end is refused', async () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    for (const body of [deep, `{"readings":${deep}}`, `{"readings":[${deep}]}`])
      expect((await post(createInbox(clock), '/v1/readings', body)).status).toBe(400);
    for (const body of [deep, `{"version":"4","alerts":${deep}}`])
      expect((await post(createInbox(clock), '/v1/alerts', body)).status).toBe(400);
  });

  it('counts as many alerts as fire with different labels, however often and in whatever order they come', async () => {
    const pods = fc.array(fc.tuple(fc.constantFrom('firing', 'resolved'), fc.constantFrom('a', 'ä', '__proto__', '')), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pods, async (notified) => {
        const inbox = createInbox(clock);
        const labels = { alertname: 'ScoreDrift', ...identity, served: 'live' };
        await post(inbox, '/v1/alerts', notification(...notified.map(([status, pod]) => [status, { ...labels, pod }] as const)));
        const last = new Map(notified.map(([status, pod]) => [pod, status]));
        const observation = inbox.observe(requestFor(alertSignal()));
        const firing = [...last.values()].filter((status) => status === 'firing').length;
        expect(observation.kind === 'Value' ? observation.value : null).toBe(last.size === 0 ? null : firing);
      }),
    );
  });
});
