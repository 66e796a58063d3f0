import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { Interrupted, listenForInterruption } from '../../../demo/interruption.ts';

function world() {
  const signals = new EventEmitter();
  return { signals, interruption: listenForInterruption(signals) };
}

const forEver = new Promise<never>(() => undefined);

describe('listenForInterruption', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('takes %s for a wish to end, and breaks off what is awaited', async (signal) => {
    const { signals, interruption } = world();
    const awaited = interruption.before(forEver);
    signals.emit(signal);
    await expect(awaited).rejects.toThrow(Interrupted);
    await expect(interruption.asked).resolves.toBeUndefined();
  });

  it('breaks off what is begun later, too', async () => {
    const { signals, interruption } = world();
    signals.emit('SIGINT');
    await interruption.asked;
    await expect(interruption.before(forEver)).rejects.toThrow(Interrupted);
  });

  it('regression: goes on listening, so that a Ctrl-C that arrives twice does not end the clean-up', () => {
    const { signals } = world();
    signals.emit('SIGINT');
    expect(signals.emit('SIGINT')).toBe(true);
  });

  it('hands on what a task came to when nobody asked', async () => {
    const { interruption } = world();
    await expect(interruption.before(Promise.resolve(1))).resolves.toBe(1);
    await expect(interruption.before(Promise.reject(new Error('no such route')))).rejects.toThrow('no such route');
  });
});
