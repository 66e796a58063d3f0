import { beforeEach, describe, expect, it } from '@jest/globals';
import { createFactHead } from '../../../src/controllers/fact-head.ts';
import type { FactHead } from '../../../src/controllers/fact-head.ts';
import type { FactEnd } from '../../../src/core/fact-chain.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import { createMemoryAPI } from '../../builders/memory-api.ts';
import type { MemoryAPI } from '../../builders/memory-api.ts';

const home = 'modelrisk-system';
const at = '2026-06-01T12:00:00.000Z';
const plural = 'riskchainheads';

let api: MemoryAPI;
let head: FactHead;
let remainingMs = 60_000;

beforeEach(() => {
  api = createMemoryAPI(createManualClock());
  remainingMs = 60_000;
  head = createFactHead({ transport: api, fence: { remainingMs: () => remainingMs }, requestTimeoutMs: 1000, namespace: home });
});

async function begun(): Promise<FactEnd> {
  const read = await head.read();
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value;
}

const ahead = (known: FactEnd, seq: number): FactEnd => ({ ...known, run: 'run-1', seq, hash: `hash-${String(seq)}`, at });
const writesOf = (verb: string): number => api.writes.filter((each) => each.verb === verb).length;

describe('the head of the facts', () => {
  it('is made by the first who asks, before anything is told, and found by the next', async () => {
    const end = await begun();
    expect(end).toMatchObject({ run: '', seq: -1, hash: '', at: '' });
    expect(api.get(plural, 'facts', home)).toMatchObject({ metadata: { uid: end.chain }, spec: { tails: [] } });
    expect(await begun()).toEqual(end);
    expect(writesOf('create')).toBe(1);
  });

  it('says what was written last', async () => {
    const written = await head.write(await begun(), ahead(await begun(), 7));
    expect(written).toEqual(success(ahead(await begun(), 7)));
    expect(api.get(plural, 'facts', home)?.['spec']).toEqual({ tails: [], facts: { run: 'run-1', seq: 7, hash: 'hash-7', at } });
  });

  it('is foreign to whoever knows another fact, and stays as it is', async () => {
    const known = await begun();
    await head.write(known, ahead(known, 7));
    expect(await head.write(known, ahead(known, 3))).toEqual(failure({ kind: 'Foreign' }));
    expect(await begun()).toMatchObject({ seq: 7 });
  });

  it('does not mind that somebody labelled it: only what it says counts', async () => {
    const known = await begun();
    const object = api.get(plural, 'facts', home);
    api.apply(plural, { ...object, metadata: { ...object?.metadata, labels: { team: 'risk' } } });
    expect(await head.write(known, ahead(known, 2))).toMatchObject({ ok: true, value: { seq: 2 } });
  });

  it('is foreign once it was deleted, and another is made', async () => {
    const known = await begun();
    api.remove(plural, 'facts', home);
    expect(await head.write(known, ahead(known, 2))).toEqual(failure({ kind: 'Foreign' }));
    const other = await begun();
    expect(other.chain).not.toBe(known.chain);
    expect(await head.write(known, ahead(known, 2))).toEqual(failure({ kind: 'Foreign' }));
  });

  it('is written once where the answer was lost', async () => {
    const known = await begun();
    api.onWrite(() => 'LoseAnswer');
    expect(await head.write(known, ahead(known, 4))).toMatchObject({ ok: false, failure: { kind: 'Failed' } });
    api.onWrite(() => 'Pass');
    const before = api.writes.length;
    expect(await head.write(known, ahead(known, 4))).toMatchObject({ ok: true, value: { seq: 4 } });
    expect(api.writes.length).toBe(before);
  });

  it.each(['read', 'write'] as const)('says why it could not be had without the lease, or the right: %s', async (call) => {
    const known = call === 'write' ? await begun() : null;
    const asked = () => (known === null ? head.read() : head.write(known, ahead(known, 1)));
    remainingMs = 10;
    const fenced = await asked();
    expect(fenced).toMatchObject({ ok: false, failure: { kind: 'Failed', message: expect.stringContaining('not sent') } });
    remainingMs = 60_000;
    api.forbid(plural);
    expect(await asked()).toMatchObject({ ok: false, failure: { kind: 'Failed' } });
    api.allow(plural);
    expect(await asked()).toMatchObject({ ok: true });
  });

  it('that can not be read is not gone: nobody begins another chain', async () => {
    await begun();
    api.apply(plural, { ...api.get(plural, 'facts', home), spec: { tails: [], facts: { run: 'run-1' } } });
    const read = await head.read();
    expect(read).toMatchObject({
      ok: false,
      failure: {
        kind: 'Failed',
        message: expect.stringContaining(`RiskChainHead facts of namespace ${home} can't be read: spec.facts.seq`),
      },
    });
  });
});
