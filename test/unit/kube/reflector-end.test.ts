import { describe, expect, it } from '@jest/globals';
import { testObject } from '../../builders/kube-object.ts';
import { settle } from '../../builders/manual-clock.ts';
import { reflectorWorld, resourceVersionsOf, startedReflector } from '../../builders/reflector-world.ts';
import { gone, listOf, scriptedStream, throttled, unavailable } from '../../builders/scripted-transport.ts';
import { success } from '../../../src/shared/result.ts';
import type { APIStream } from '../../../src/kube/transport.ts';

describe('reflector, silence and stop', () => {
  describe('a silent watch', () => {
    it('is replaced from the last resourceVersion, and closed only when the new one has answered', async () => {
      const answers: ((stream: APIStream) => void)[] = [];
      const first = scriptedStream();
      const second = scriptedStream();
      const { clock, transport, kinds } = await startedReflector({
        opens: [
          success(first),
          new Promise((resolve) => {
            answers.push((stream) => {
              resolve(success(stream));
            });
          }),
        ],
      });
      first.event('MODIFIED', testObject({ version: 11 }));
      await clock.advance(24_999);
      expect(transport.opened).toHaveLength(1);
      await clock.advance(1);
      expect(resourceVersionsOf(transport.opened)).toEqual(['10', '11']);
      expect(first.cancelled()).toBe(false);
      answers[0]?.(second);
      await settle();
      expect(first.cancelled()).toBe(true);
      expect(kinds().slice(3)).toEqual(['WatchReplaced', 'WatchEnded Replaced']);
    });

    it('goes on being followed through its replacement', async () => {
      const { clock, stream, store, events } = await startedReflector();
      await clock.advance(25_000);
      stream(1).event('MODIFIED', testObject({ version: 12 }));
      await settle();
      expect(store.get('lending/credit')?.metadata.resourceVersion).toBe('12');
      await clock.advance(25_000);
      expect(events.filter((event) => event.kind === 'WatchReplaced')).toMatchObject([
        { resourceVersion: '10', silentMs: 25_000 },
        { resourceVersion: '12', silentMs: 25_000 },
      ]);
    });

    it('that speaks while it is being replaced stays, and the other is dropped: no event is told twice', async () => {
      const first = scriptedStream();
      const late = scriptedStream();
      const pending: { answer: () => void } = { answer: () => undefined };
      const { clock, changes, kinds, transport } = await startedReflector({
        opens: [
          success(first),
          new Promise((resolve) => {
            pending.answer = () => {
              resolve(success(late));
            };
          }),
        ],
      });
      await clock.advance(25_000);
      first.event('MODIFIED', testObject({ version: 11 }));
      await settle();
      pending.answer();
      await settle();
      expect(transport.opened[1]?.abort?.aborted).toBe(true);
      expect(late.cancelled()).toBe(true);
      expect(first.cancelled()).toBe(false);
      expect(changes).toEqual(['Added uid-credit v1', 'Updated uid-credit v11']);
      expect(kinds()).not.toContain('WatchReplaced');
    });

    it('is tried again when its replacement fails, and keeps being listened to', async () => {
      const first = scriptedStream();
      const { clock, store, transport, kinds } = await startedReflector({ opens: [success(first), unavailable(), unavailable()] });
      await clock.advance(25_000 + 800);
      first.event('MODIFIED', testObject({ version: 11 }));
      await settle();
      expect(store.get('lending/credit')?.metadata.resourceVersion).toBe('11');
      await clock.advance(25_000);
      expect(transport.opened).toHaveLength(4);
      expect(kinds().at(-2)).toBe('WatchReplaced');
    });

    it('whose replacement is refused as gone leads to a list', async () => {
      const first = scriptedStream();
      const { clock, kinds, transport } = await startedReflector({ opens: [success(first), gone()] });
      await clock.advance(25_000);
      expect(first.cancelled()).toBe(true);
      expect(kinds().slice(3, 6)).toEqual(['WatchEnded Gone', 'Gone', 'Listed']);
      expect(transport.requests).toHaveLength(2);
    });

    it('costs no list, ever', async () => {
      const { clock, transport } = await startedReflector();
      await clock.advance(3_600_000);
      expect(transport.requests).toHaveLength(1);
      expect(transport.opened).toHaveLength(1 + 3600 / 25);
    });
  });

  it('bytes keep a watch from being taken for silent, events or not', async () => {
    const { clock, stream, transport } = await startedReflector();
    for (let second = 0; second < 120; second += 20) {
      stream(0).bookmark('10');
      await clock.advance(20_000);
    }
    expect(transport.opened).toHaveLength(1);
  });

  describe('stop', () => {
    it('closes the watch and asks for nothing more', async () => {
      const { clock, reflector, stream, transport, kinds } = await startedReflector();
      await reflector.stop();
      await clock.advance(3_600_000);
      expect(stream(0).cancelled()).toBe(true);
      expect(transport.opened).toHaveLength(1);
      expect(kinds().at(-1)).toBe('WatchEnded Stopped');
      expect(clock.pending()).toBe(0);
    });

    it('during a list opens no watch afterwards and stores nothing', async () => {
      const pending: { answer: () => void } = { answer: () => undefined };
      const { reflector, transport, store } = await startedReflector({
        lists: [
          new Promise((resolve) => {
            pending.answer = () => {
              resolve(listOf([testObject()], '10'));
            };
          }),
        ],
      });
      const stopping = reflector.stop();
      expect(transport.requests[0]?.abort?.aborted).toBe(true);
      pending.answer();
      await stopping;
      expect(transport.opened).toHaveLength(0);
      expect(store.size()).toBe(0);
    });

    it('while a watch is being opened closes it when it comes', async () => {
      const late = scriptedStream();
      const pending: { answer: () => void } = { answer: () => undefined };
      const { reflector, clock } = await startedReflector({
        opens: [
          new Promise((resolve) => {
            pending.answer = () => {
              resolve(success(late));
            };
          }),
        ],
      });
      const stopping = reflector.stop();
      pending.answer();
      await stopping;
      expect(late.cancelled()).toBe(true);
      expect(clock.pending()).toBe(0);
    });

    it('while a silent watch is being replaced closes both', async () => {
      const first = scriptedStream();
      const late = scriptedStream();
      const pending: { answer: () => void } = { answer: () => undefined };
      const { reflector, clock } = await startedReflector({
        opens: [
          success(first),
          new Promise((resolve) => {
            pending.answer = () => {
              resolve(success(late));
            };
          }),
        ],
      });
      await clock.advance(25_000);
      await reflector.stop();
      pending.answer();
      await settle();
      expect([first.cancelled(), late.cancelled()]).toEqual([true, true]);
      expect(clock.pending()).toBe(0);
    });

    it('during a delay ends the delay', async () => {
      const { clock, reflector, transport } = await startedReflector({ lists: [throttled(3_600_000)] });
      await reflector.stop();
      expect(clock.pending()).toBe(0);
      expect(transport.requests).toHaveLength(1);
    });

    it('lets those go who wait for the first sync', async () => {
      const { reflector } = await startedReflector({ lists: [unavailable()] });
      const waiting = reflector.whenSynced();
      await reflector.stop();
      await waiting;
      expect(reflector.synced()).toBe(false);
    });

    it('before start keeps it from ever starting', async () => {
      const { reflector, transport } = reflectorWorld();
      await reflector.stop();
      reflector.start();
      await settle();
      expect(transport.requests).toHaveLength(0);
    });
  });
});
