import { describe, expect, it } from '@jest/globals';
import { createEventRecorder } from '../../../src/kube/event-recorder.ts';
import type { EventRecorderOptions, RecordedEvent } from '../../../src/kube/event-recorder.ts';
import type { APIRequest, APIResponse } from '../../../src/kube/transport.ts';
import { failure } from '../../../src/shared/result.ts';
import { testObject } from '../../builders/kube-object.ts';
import { createManualClock, settle } from '../../builders/manual-clock.ts';
import { answer, scriptedTransport, throttled, unavailable } from '../../builders/scripted-transport.ts';
import type { Answer } from '../../builders/scripted-transport.ts';

const engaged: RecordedEvent = {
  regarding: testObject(),
  type: 'Warning',
  reason: 'Engaged',
  action: 'Engage',
  note: 'credit-v2 capped at 10 %',
};

function setUp(
  script: { readonly handle?: (request: APIRequest) => Answer<APIResponse>; readonly options?: Partial<EventRecorderOptions> } = {},
) {
  const clock = createManualClock();
  const transport = scriptedTransport({ request: script.handle ?? (() => answer({})) });
  const dropped: string[] = [];
  const recorder = createEventRecorder({
    transport,
    clock,
    reportingController: 'modelrisk.dev/operator',
    reportingInstance: 'pod-1',
    windowMs: 300_000,
    capacity: 100,
    onDropped: (event, cause) => dropped.push(`${event.reason} ${cause}`),
    ...script.options,
  });
  return { clock, transport, dropped, recorder };
}

describe('event recorder', () => {
  it('sends an events.k8s.io/v1 Event in the namespace of the object', async () => {
    const { transport, recorder } = setUp();
    recorder.record(engaged);
    await settle();
    const [request] = transport.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/apis/events.k8s.io/v1/namespaces/lending/events' });
    expect(request?.body).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { namespace: 'lending' },
      eventTime: '2026-06-01T12:00:00.000000Z',
      reportingController: 'modelrisk.dev/operator',
      reportingInstance: 'pod-1',
      type: 'Warning',
      reason: 'Engaged',
      action: 'Engage',
      note: 'credit-v2 capped at 10 %',
      regarding: {
        apiVersion: 'test.dev/v1',
        kind: 'Thing',
        namespace: 'lending',
        name: 'credit',
        uid: 'uid-credit',
        resourceVersion: '1',
      },
    });
  });

  it('puts events about cluster-scoped objects where the API wants them', async () => {
    const { transport, recorder } = setUp();
    const { namespace: _namespace, ...metadata } = testObject().metadata;
    recorder.record({ ...engaged, regarding: { ...testObject(), metadata } });
    await settle();
    expect(transport.requests[0]).toMatchObject({
      path: '/apis/events.k8s.io/v1/namespaces/default/events',
      body: { metadata: { namespace: 'default' } },
    });
    expect(transport.requests[0]?.body).not.toHaveProperty('regarding.namespace');
  });

  it('cuts a note at the limit of the API', async () => {
    const { transport, recorder } = setUp();
    recorder.record({ ...engaged, note: 'x'.repeat(5000) });
    await settle();
    expect((transport.requests[0]?.body as { readonly note: string }).note).toHaveLength(1024);
  });

  it('regression: cuts a note by bytes, as the server counts, and never inside a character', async () => {
    const { transport, recorder } = setUp();
    recorder.record({ ...engaged, note: `x${'\u{1f6d1}'.repeat(300)}` });
    await settle();
    const { note } = transport.requests[0]?.body as { readonly note: string };
    expect(note).toBe(`x${'\u{1f6d1}'.repeat(255)}`);
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1024);
  });

  it('regression: gives the event of a name that was cut at a hyphen or dot a name the server takes', async () => {
    const { transport, recorder } = setUp();
    recorder.record({ ...engaged, regarding: testObject({ name: `${'n'.repeat(234)}.-${'n'.repeat(17)}` }) });
    await settle();
    const { metadata } = transport.requests[0]?.body as { readonly metadata: { readonly name: string } };
    expect(metadata.name).toMatch(/^n{234}\.[0-9a-f]{16}$/);
  });

  it('names every event differently, in at most 253 characters', async () => {
    const { clock, transport, recorder } = setUp({ options: { windowMs: 1000 } });
    const long = testObject({ name: 'n'.repeat(253) });
    recorder.record({ ...engaged, regarding: long });
    await clock.advance(1000);
    recorder.record({ ...engaged, regarding: long });
    recorder.record({ ...engaged, regarding: long, note: 'other' });
    await settle();
    const names = transport.requests.map(
      (request) => (request.body as unknown as { readonly metadata: { readonly name: string } }).metadata.name,
    );
    expect(new Set(names).size).toBe(3);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(253);
  });

  it('sends repeats as one count at the end of the window, then begins anew', async () => {
    const { clock, transport, recorder } = setUp();
    for (let time = 0; time < 5; time += 1) {
      recorder.record(engaged);
      await clock.advance(1000);
    }
    expect(transport.requests).toHaveLength(1);
    await clock.advance(300_000);
    expect(transport.requests).toHaveLength(2);
    const [created, counted] = transport.requests;
    const { name } = (created?.body as unknown as { readonly metadata: { readonly name: string } }).metadata;
    expect(counted).toMatchObject({
      method: 'PATCH',
      path: `/apis/events.k8s.io/v1/namespaces/lending/events/${name}`,
      contentType: 'application/merge-patch+json',
      body: { series: { count: 5, lastObservedTime: '2026-06-01T12:00:04.000000Z' } },
    });
    recorder.record(engaged);
    await settle();
    expect(transport.requests[2]).toMatchObject({ method: 'POST' });
  });

  it('sends no count for an event that happened once', async () => {
    const { clock, transport, recorder } = setUp();
    recorder.record(engaged);
    await clock.advance(3_600_000);
    expect(transport.requests).toHaveLength(1);
    expect(clock.pending()).toBe(0);
  });

  it.each([
    ['another object', { regarding: testObject({ uid: 'another' }) }],
    ['another reason', { reason: 'Released' }],
    ['another note', { note: 'credit-v2 capped at 5 %' }],
    ['another type', { type: 'Normal' as const }],
  ])('takes %s for another series', async (_name, difference) => {
    const { transport, recorder } = setUp();
    recorder.record(engaged);
    recorder.record({ ...engaged, ...difference });
    await settle();
    expect(transport.requests).toHaveLength(2);
  });

  it('tries again when the server is busy, waiting as long as asked', async () => {
    const replies = [throttled(7000), unavailable(), answer({})];
    const { clock, transport, dropped, recorder } = setUp({ handle: () => replies.shift() ?? answer({}) });
    recorder.record(engaged);
    await clock.advance(6999);
    expect(transport.requests).toHaveLength(1);
    await clock.advance(1 + 1000);
    expect(transport.requests).toHaveLength(3);
    expect(dropped).toEqual([]);
  });

  it('gives up after a few attempts and goes on with the next', async () => {
    const { clock, transport, dropped, recorder } = setUp({
      handle: (request) => (isAbout(request, 'Engaged') ? unavailable() : answer({})),
    });
    recorder.record(engaged);
    recorder.record({ ...engaged, reason: 'Released' });
    await clock.advance(10_000);
    expect(transport.requests.map((request) => (request.body as { readonly reason: string }).reason)).toEqual([
      'Engaged',
      'Engaged',
      'Engaged',
      'Released',
    ]);
    expect(dropped).toEqual(['Engaged Refused']);
  });

  it('does not insist when it is refused for good', async () => {
    const { clock, transport, dropped, recorder } = setUp({
      handle: () => failure({ kind: 'Denied', status: 403, message: 'terminating namespace' }),
    });
    recorder.record(engaged);
    await clock.advance(10_000);
    expect(transport.requests).toHaveLength(1);
    expect(dropped).toEqual(['Engaged Refused']);
  });

  it('counts nothing on an event that was never made', async () => {
    const { clock, transport, recorder } = setUp({ handle: () => failure({ kind: 'Denied', status: 403, message: 'no' }) });
    recorder.record(engaged);
    recorder.record(engaged);
    await clock.advance(300_000);
    expect(transport.requests.map((request) => request.method)).toEqual(['POST']);
  });

  it('takes an event that already exists for its own: the answer to the first attempt was lost', async () => {
    const replies: Answer<APIResponse>[] = [
      unavailable(),
      failure({ kind: 'Conflict', cause: 'AlreadyExists', status: 409, message: 'exists' }),
    ];
    const { clock, transport, dropped, recorder } = setUp({ handle: () => replies.shift() ?? answer({}) });
    recorder.record(engaged);
    recorder.record(engaged);
    await clock.advance(300_000);
    expect(dropped).toEqual([]);
    expect(transport.requests.at(-1)).toMatchObject({ method: 'PATCH', body: { series: { count: 2 } } });
  });

  it('drops and tells what does not fit, without blocking', async () => {
    const { dropped, recorder, transport } = setUp({ handle: () => new Promise<never>(() => undefined), options: { capacity: 2 } });
    for (let index = 0; index < 5; index += 1) recorder.record({ ...engaged, note: String(index) });
    await settle();
    expect(transport.requests).toHaveLength(1);
    expect(dropped).toEqual(['Engaged QueueFull', 'Engaged QueueFull', 'Engaged QueueFull']);
  });

  it('stop sends what waits and the counts, then takes nothing more', async () => {
    const { clock, transport, recorder } = setUp();
    recorder.record(engaged);
    recorder.record(engaged);
    recorder.record({ ...engaged, reason: 'Released' });
    await recorder.stop();
    recorder.record({ ...engaged, reason: 'Late' });
    await clock.advance(3_600_000);
    expect(transport.requests.map((request) => request.method)).toEqual(['POST', 'POST', 'PATCH']);
    expect(clock.pending()).toBe(0);
  });

  it('stop does not wait as long as a server asks', async () => {
    const { clock, dropped, recorder } = setUp({ handle: () => throttled(3_600_000) });
    recorder.record(engaged);
    await settle();
    await recorder.stop();
    expect(dropped).toEqual(['Engaged Refused']);
    expect(clock.pending()).toBe(0);
  });
});

function isAbout(request: APIRequest, reason: string): boolean {
  return (request.body as { readonly reason?: string }).reason === reason;
}
