import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { APIStream } from '../../../src/kube/transport.ts';
import { kept, strip } from '../../../src/kube/watch-decoder.ts';
import type { UsableLine } from '../../../src/kube/watch-decoder.ts';
import { readWatch } from '../../../src/kube/watch-reader.ts';
import type { WatchEnd } from '../../../src/kube/watch-reader.ts';
import { testObject } from '../../builders/kube-object.ts';
import type { TestObject } from '../../builders/kube-object.ts';

const event = fc
  .record({
    type: fc.constantFrom('ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'),
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    version: fc.nat(1000),
  })
  .map(({ type, name, version }) => JSON.stringify({ type, object: testObject({ name, version }) }));

function streamOf(bytes: Buffer, cuts: readonly number[], breaks: boolean): APIStream & { readonly cancels: () => number } {
  let cancels = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    let from = 0;
    for (const length of [...cuts, bytes.length]) {
      yield await Promise.resolve(bytes.subarray(from, from + length));
      from = Math.min(bytes.length, from + length);
    }
    if (breaks) throw new Error('other side closed');
  }
  return {
    chunks: chunks(),
    cancel() {
      cancels += 1;
    },
    cancels: () => cancels,
  };
}

async function read(stream: APIStream): Promise<{ readonly lines: readonly UsableLine<TestObject>[]; readonly end: WatchEnd }> {
  const lines: UsableLine<TestObject>[] = [];
  const end = await readWatch<TestObject>(stream, { live: () => true, onBytes: () => undefined, onLine: (line) => lines.push(line) });
  return { lines, end };
}

const cuts = fc.array(fc.nat(60), { maxLength: 40 });
const versionsOf = (lines: readonly UsableLine<TestObject>[]) =>
  lines.map((line) => `${line.kind} ${line.kind === 'Bookmark' ? line.resourceVersion : line.object.metadata.resourceVersion}`);
const kinds = { ADDED: 'Put', MODIFIED: 'Put', DELETED: 'Removed', BOOKMARK: 'Bookmark' } as const;
const expected = (texts: readonly string[]) =>
  texts.map((text) => {
    const { type, object } = JSON.parse(text) as { readonly type: keyof typeof kinds; readonly object: TestObject };
    return `${kinds[type]} ${object.metadata.resourceVersion}`;
  });

describe('a watch that is read', () => {
  it('tells the same events however the connection cuts them, and its end is the server closing it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 10 }), cuts, async (texts, at) => {
        const stream = streamOf(Buffer.from(texts.map((text) => `${text}\n`).join('')), at, false);
        const { lines, end } = await read(stream);
        expect(versionsOf(lines)).toEqual(expected(texts));
        expect(end).toEqual({ kind: 'ServerClosed' });
        expect(stream.cancels()).toBe(1);
      }),
    );
  });

  it('tells the whole events alone of one that ends anywhere, and knows whether that was inside one', async () => {
    let inside = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 6 }),
        fc.nat(10_000),
        fc.boolean(),
        cuts,
        async (texts, length, breaks, at) => {
          const all = Buffer.from(texts.map((text) => `${text}\n`).join(''));
          const bytes = all.subarray(0, length % (all.length + 1));
          const whole = bytes.toString('latin1').split('\n').length - 1;
          const isInside = bytes.length > 0 && bytes.at(-1) !== 0x0a;
          if (isInside) inside += 1;
          const { lines, end } = await read(streamOf(bytes, at, breaks));
          expect(versionsOf(lines)).toEqual(expected(texts).slice(0, whole));
          expect(end.kind).toBe(isInside ? 'Truncated' : breaks ? 'Broken' : 'ServerClosed');
        },
      ),
    );
    expect(inside).toBeGreaterThan(30);
  });

  it('ends at the first line it cannot use, with what came before told and what comes after not', async () => {
    const bad = fc.constantFrom(
      '{',
      'null',
      '[]',
      '{"type":"ADDED"}',
      '{"type":7,"object":{}}',
      '{"type":"ADDED","object":{"metadata":{}}}',
      '{"type":"X","object":{}}',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 4 }), bad, fc.array(event, { maxLength: 4 }), async (before, line, after) => {
        const stream = streamOf(Buffer.from([...before, line, ...after].map((text) => `${text}\n`).join('')), [], false);
        const { lines, end } = await read(stream);
        expect(versionsOf(lines)).toEqual(expected(before));
        expect(end.kind).toBe('Broken');
        expect(stream.cancels()).toBe(1);
      }),
    );
  });

  it.each([
    ['{"type":"ERROR","object":{"code":410,"message":"too old"}}', { kind: 'ServerError', status: 410, message: 'too old' }],
    ['{"type":"ERROR","object":{"message":"no code"}}', { kind: 'ServerError', status: 500, message: 'no code' }],
    [
      '{"type":"ERROR","object":{"code":"410","message":7}}',
      { kind: 'ServerError', status: 500, message: 'watch error without a message' },
    ],
    [
      '{"type":"PUSHED","object":{"metadata":{"name":"a","uid":"b","resourceVersion":"1"}}}',
      { kind: 'Broken', message: 'unknown watch event PUSHED' },
    ],
    ['{"type":"ADDED","object":{"kind":"Thing"}}', { kind: 'Broken', message: 'watch event ADDED without an object' }],
    ['{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":7}}}', { kind: 'Broken', message: 'bookmark without a resourceVersion' }],
    ['{"type":"BOOKMARK","object":{"metadata":null}}', { kind: 'Broken', message: 'bookmark without a resourceVersion' }],
    ['{"type":"ADDED","object":"text"}', { kind: 'Broken', message: 'not a watch event: {"type":"ADDED","object":"text"}' }],
    [`<html>${'x'.repeat(500)}`, { kind: 'Broken', message: `not a watch event: <html>${'x'.repeat(74)}` }],
  ])('ends at %s', async (line, end) => {
    expect((await read(streamOf(Buffer.from(`${line}\n`), [], false))).end).toEqual(end);
  });
});

describe('what a cache keeps of an object', () => {
  const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
  const heavy = (annotations: Readonly<Record<string, string>>): TestObject => {
    const object = testObject();
    return { ...object, metadata: { ...object.metadata, annotations, managedFields: [{ manager: 'kubectl' }], labels: { a: 'b' } } };
  };

  it('is all but managedFields and what kubectl last applied', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'modelrisk.dev/journal', lastApplied), fc.string()), (annotations) => {
        const { managedFields: _managed, ...metadata } = heavy(annotations).metadata;
        const { [lastApplied]: _applied, ...others } = annotations;
        expect(strip(heavy(annotations), false)).toEqual({ ...heavy(annotations), metadata: { ...metadata, annotations: others } });
        expect(strip(heavy(annotations), true)).toEqual(heavy(annotations));
      }),
    );
  });

  it('of an object without either is the object, and nothing is made up', () => {
    for (const keepManagedFields of [true, false]) {
      expect(strip(testObject(), keepManagedFields)).toEqual(testObject());
      expect(Object.keys(strip(testObject(), keepManagedFields).metadata)).toEqual(Object.keys(testObject().metadata));
    }
  });

  it('is trimmed after that, where something trims', () => {
    const trim = (object: object): TestObject => ({
      ...testObject({ value: JSON.stringify(object).includes('managedFields') ? 'whole' : 'stripped' }),
    });
    expect(kept(heavy({}), { keepManagedFields: false, trim }).spec.value).toBe('stripped');
    expect(kept(heavy({}), { keepManagedFields: true, trim }).spec.value).toBe('whole');
    expect(kept(heavy({}), { keepManagedFields: false }).spec.value).toBe('a');
  });
});
