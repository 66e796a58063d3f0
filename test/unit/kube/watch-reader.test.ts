import { describe, expect, it } from '@jest/globals';
import { readWatch } from '../../../src/kube/watch-reader.ts';
import type { TestObject } from '../../builders/kube-object.ts';
import { testObject } from '../../builders/kube-object.ts';
import { scriptedStream } from '../../builders/scripted-transport.ts';
import type { ScriptedStream } from '../../builders/scripted-transport.ts';

function read(stream: ScriptedStream, live: () => boolean = () => true) {
  const lines: string[] = [];
  const end = readWatch<TestObject>(stream, { live, onBytes: () => undefined, onLine: (line) => lines.push(line.kind) });
  return { lines, end };
}

describe('readWatch', () => {
  it('hands on what was sent before the end, and cancels the stream', async () => {
    const stream = scriptedStream();
    stream.event('ADDED', testObject());
    stream.bookmark('5');
    stream.end();
    const { lines, end } = read(stream);
    expect(await end).toEqual({ kind: 'ServerClosed' });
    expect(lines).toEqual(['Put', 'Bookmark']);
    expect(stream.cancelled()).toBe(true);
  });

  it('hands on nothing more once the stream is no longer ours, though it had been sent', async () => {
    const stream = scriptedStream();
    stream.event('ADDED', testObject());
    const { lines, end } = read(stream, () => false);
    expect((await end).kind).toBe('Broken');
    expect(lines).toEqual([]);
    expect(stream.cancelled()).toBe(true);
  });

  it('tells a connection that broke from one that broke inside an event', async () => {
    const between = scriptedStream();
    between.event('ADDED', testObject());
    between.cut();
    expect(await read(between).end).toEqual({ kind: 'Broken', message: 'other side closed' });
    const inside = scriptedStream();
    inside.send('{"type":');
    inside.cut();
    expect(await read(inside).end).toEqual({ kind: 'Truncated', message: 'other side closed, 8 bytes into an event' });
  });

  it('lets a bug in its sink through, the stream cancelled', async () => {
    const stream = scriptedStream();
    stream.event('ADDED', testObject());
    const reading = readWatch<TestObject>(stream, {
      live: () => true,
      onBytes: () => undefined,
      onLine: () => {
        throw new Error('bug');
      },
    });
    await expect(reading).rejects.toThrow('bug');
    expect(stream.cancelled()).toBe(true);
  });
});
