import { beforeEach, describe, expect, it } from '@jest/globals';
import { createInbox, type Inbox } from '../../../../src/signals/inbox/inbox.ts';
import type { PushUse } from '../../../../src/signals/inbox/uses.ts';
import type { Reply } from '../../../../src/server/push/reply.ts';
import { createManualClock } from '../../../builders/manual-clock.ts';
import { pushRequest, reviewingTransport, sender } from '../../../builders/pushing.ts';
import { pushSignal, requestFor } from '../../../builders/signal.ts';

let inbox: Inbox;
let pushes: PushUse[];
let send: (body: unknown) => Promise<Reply>;
let woken: string[];

const use = (changes: Partial<PushUse> = {}): PushUse => ({
  ...{ namespace: 'lending', model: 'credit', policy: 'default', signal: 'score-drift' },
  ...changes,
});

beforeEach(() => {
  const clock = createManualClock();
  inbox = createInbox(clock);
  pushes = [use()];
  woken = [];
  const uses = {
    pushesIn: (namespaces: ReadonlySet<string>) => pushes.filter(({ namespace }) => namespaces.has(namespace)),
    alertUses: () => [],
  };
  const transport = reviewingTransport({ anna: ['lending', 'fraud'] });
  const endpoint = sender({ inbox, uses, clock, transport, onKept: (namespace) => void woken.push(namespace) });
  send = (body) => endpoint(pushRequest('/v1/readings', body));
});

const reading = (changes: object = {}) => ({
  ...{ namespace: 'lending', model: 'credit', version: '2', served: 'Live', signal: 'score-drift', value: 0.3 },
  time: '2026-06-01T12:00:00Z',
  ...changes,
});

const messageOf = ({ body }: Reply): string => ('message' in body ? String(body.message) : JSON.stringify(body));
const keptOf = (version = '2') => inbox.observe(requestFor(pushSignal(), { version }));

describe('the fields of a reading', () => {
  it.each([
    ['value', 999_999_999_999_999],
    ['value', -999_999_999_999_999],
    ['value', 0],
    ['sampleCount', 0],
    ['interval', { low: 0.3, high: 0.3 }],
    ['interval', { low: 0.3, high: 0.4 }],
    ['interval', { low: 0.2, high: 0.3 }],
    ['time', 1_780_315_200],
    ['time', '2026-06-01T14:00:00+02:00'],
    ['served', 'Shadow'],
    ['version', 'v'.repeat(128)],
  ])('%s may be %j', async (field, value) => {
    expect((await send(reading({ [field]: value }))).status).toBe(200);
  });

  it.each([
    ['value', 1e15],
    ['value', -1e15],
    ['value', true],
    ['sampleCount', -1],
    ['sampleCount', 2 ** 53],
    ['interval', { low: 0.31, high: 0.4 }],
    ['interval', { low: 0.2, high: 0.29 }],
    ['interval', { low: 0.3 }],
    ['interval', { low: 0.3, high: 0.3, level: 0.95 }],
    ['interval', [0.2, 0.4]],
    ['time', -1],
    ['time', null],
    ['time', '2026-06-31T12:00:00Z'],
    ['served', 'Both'],
    ['namespace', 'n'.repeat(64)],
    ['model', 'm'.repeat(254)],
    ['version', 'v'.repeat(129)],
    ['signal', 's'.repeat(64)],
    ['policy', 'p'.repeat(254)],
    ['version', ''],
    ['version', 2],
  ])('%s may not be %j, and the answer names it', async (field, value) => {
    const reply = await send(reading({ [field]: value }));
    expect(reply.status).toBe(400);
    expect(messageOf(reply)).toMatch(new RegExp(`^no reading was taken; correct ${field}\\b`));
    expect([keptOf().kind, woken]).toEqual(['NoData', []]);
  });

  it.each(['namespace', 'model', 'version', 'served', 'signal', 'value', 'time'])('%s must be there', async (field) => {
    const { [field]: _left, ...rest } = reading() as Readonly<Record<string, unknown>>;
    const reply = await send(rest);
    expect([reply.status, messageOf(reply)]).toEqual([400, expect.stringContaining(`correct ${field}: `)]);
  });

  it('of a list are named with their place in it', async () => {
    const reply = await send({ readings: [reading(), reading({ value: 'x' }), reading({ served: 'live', sampleCount: 0.5 })] });
    const message = messageOf(reply);
    for (const path of ['readings.1.value: ', 'readings.2.served: ', 'readings.2.sampleCount: ']) expect(message).toContain(path);
    expect(message).not.toContain('readings.0');
  });

  it('that are wrong are named up to five: what is wrong with a hundred readings is one thing', async () => {
    const reply = await send({ readings: Array.from({ length: 100 }, () => reading({ value: 'x' })) });
    const message = messageOf(reply);
    expect(message.match(/readings\.\d+\.value/g)).toHaveLength(5);
    expect(message.length).toBeLessThan(600);
  });

  it.each([
    [{}, 'namespace: '],
    [{ readings: [] }, 'readings: '],
    [{ readings: reading() }, 'readings: '],
    [{ readings: [reading()], more: 1 }, 'the fields: only those of a reading are known'],
    [[reading()], 'body: '],
    ['text', 'body: '],
    [null, 'body: '],
    [7, 'body: '],
  ])('a body that is none (%j) is answered in the words of the form it is nearest to', async (body, part) => {
    const reply = await send(body === 'text' ? '"text"' : body);
    expect([reply.status, messageOf(reply)]).toEqual([400, expect.stringContaining(part)]);
  });

  it('never says what was written, only where', async () => {
    const reply = await send(reading({ value: 'hunter2', served: 'hunter2' }));
    expect(messageOf(reply)).not.toContain('hunter2');
  });
});

describe('whom a reading is for', () => {
  it('is the policy whose signal it is, whatever other signals and models there are', async () => {
    pushes = [
      use({ signal: 'parity', policy: 'strict' }),
      use(),
      use({ model: 'other', policy: 'strict' }),
      use({ namespace: 'fraud', policy: 'strict' }),
    ];
    expect((await send(reading())).status).toBe(200);
    expect(keptOf()).toMatchObject({ kind: 'Value', value: 0.3 });
  });

  it('is one policy even if two indicators of one model use the signal', async () => {
    pushes = [use(), use()];
    expect((await send(reading())).status).toBe(200);
  });

  it.each([
    [
      { policy: 'other' },
      'no ModelRisk in namespace lending judges model credit by push signal score-drift of policy other; its push signals are ',
    ],
    [{ signal: 'none' }, 'judges model credit by push signal none; its push signals are score-drift'],
    [{ model: 'none' }, 'judges model none by push signal score-drift; write an indicator with a push signal, and wait a moment'],
  ])('is nobody for %j, which is said with what there is', async (changes, part) => {
    const reply = await send(reading(changes));
    expect([reply.status, messageOf(reply)]).toEqual([422, expect.stringContaining(part)]);
    expect(woken).toEqual([]);
  });

  it('is told of at most five signals there are, each once', async () => {
    pushes = ['g', 'f', 'e', 'd', 'c', 'b', 'a'].flatMap((letter) => [
      use({ signal: `signal-${letter}` }),
      use({ signal: `signal-${letter}` }),
    ]);
    const message = messageOf(await send(reading()));
    expect(message).toContain('its push signals are signal-g, signal-f, signal-e, signal-d, signal-c"');
  });

  it('says nothing of signals of namespaces its sender may not push for', async () => {
    pushes = [use({ namespace: 'secret', signal: 'hidden' })];
    const message = messageOf(await send({ readings: [reading({ namespace: 'secret' }), reading()] }));
    expect(message).toContain('anna may not push in namespace secret');
    expect(message).not.toContain('hidden');
  });

  it('wakes each namespace once, however many readings it sent, and none of which all were refused', async () => {
    pushes = [use(), use({ namespace: 'fraud' })];
    const reply = await send({
      readings: [
        reading(),
        reading({ version: '3' }),
        reading({ namespace: 'fraud', signal: 'none' }),
        reading({ namespace: 'fraud', model: 'none' }),
      ],
    });
    expect(reply.status).toBe(422);
    expect(woken).toEqual(['lending']);
    expect([keptOf('2').kind, keptOf('3').kind]).toEqual(['Value', 'Value']);
  });
});
