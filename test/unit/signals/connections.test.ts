import { describe, expect, it } from '@jest/globals';
import { createConnections } from '../../../src/signals/connections.ts';
import type { ProviderAddress } from '../../../src/signals/provider.ts';
import { settle } from '../../builders/manual-clock.ts';

const main: ProviderAddress = { name: 'main', url: 'http://prometheus:9090', timeoutSeconds: 10 };

/** Connections whose clients do nothing but be opened and closed. */
function watched() {
  const events: string[] = [];
  const connections = createConnections(({ name, url }) => {
    events.push(`open ${name} ${url}`);
    return {
      query: () => Promise.reject(new Error('not asked in this test')),
      close: () => Promise.resolve(void events.push(`close ${name} ${url}`)),
    };
  });
  return { events, connections };
}

function held() {
  const waiting: ((value: string) => void)[] = [];
  const task = (): Promise<string> => new Promise((resolve) => waiting.push(resolve));
  return {
    task,
    end: () => {
      for (const resolve of waiting) resolve('answered');
    },
  };
}

describe('createConnections', () => {
  it('knows only providers in force', () => {
    const { connections } = watched();
    connections.replace([main]);
    expect(connections.use('main', () => Promise.resolve(1))).not.toBeNull();
    expect(connections.use('other', () => Promise.resolve(1))).toBeNull();
  });

  it('keeps the connections of a provider that did not change', () => {
    const { connections, events } = watched();
    connections.replace([main]);
    connections.replace([{ ...main }, { ...main, name: 'second' }]);
    expect(events).toEqual(['open main http://prometheus:9090', 'open second http://prometheus:9090']);
  });

  it.each([
    ['its URL', { url: 'http://elsewhere:9090' }],
    ['its timeout', { timeoutSeconds: 5 }],
  ])('opens a provider anew when %s changed, and closes the old one only after its last answer', async (_what, change) => {
    const { connections, events } = watched();
    const poll = held();
    connections.replace([main]);
    const answer = connections.use('main', () => poll.task());
    connections.replace([{ ...main, ...change }]);
    await settle();
    expect(events.filter((event) => event.startsWith('close'))).toEqual([]);
    poll.end();
    expect(await answer).toBe('answered');
    await settle();
    expect(events.at(-1)).toBe('close main http://prometheus:9090');
  });

  it('closes a retired provider even when its last task failed', async () => {
    const { connections, events } = watched();
    connections.replace([main]);
    const answer = connections.use('main', () => Promise.reject(new Error('boom')));
    const closed = connections.close();
    await expect(answer).rejects.toThrow('boom');
    await closed;
    expect(events.at(-1)).toBe('close main http://prometheus:9090');
  });

  it('is closed when everything under way has ended', async () => {
    const { connections, events } = watched();
    const poll = held();
    connections.replace([main]);
    const answer = connections.use('main', () => poll.task());
    const closed = connections.close().then(() => events.push('closed'));
    await settle();
    expect(events).not.toContain('closed');
    expect(connections.use('main', () => poll.task())).toBeNull();
    poll.end();
    await Promise.all([answer, closed]);
    expect(events.at(-1)).toBe('closed');
  });
});
