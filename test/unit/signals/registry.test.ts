import { describe, expect, it } from '@jest/globals';
import type { ProviderAddress } from '../../../src/signals/provider.ts';
import { createSignalSource, shapeKey } from '../../../src/signals/registry.ts';
import { createManualClock, someTimeMs } from '../../builders/manual-clock.ts';
import { inlineSignal, requestFor, templateSignal } from '../../builders/signal.ts';

const main: ProviderAddress = { name: 'prometheus', url: 'http://prometheus:9090', timeoutSeconds: 10 };

function source() {
  return createSignalSource({ clock: createManualClock(), onQuery: () => undefined });
}

const never = new AbortController().signal;

describe('createSignalSource', () => {
  it('answers every request for a provider nobody named, with what to do', async () => {
    const requests = [requestFor(templateSignal(), { key: 'a' }), requestFor(templateSignal({ shape: 'other' }), { key: 'b' })];
    const answers = await source().observe(requests, never);
    expect(answers.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(answers[0]?.observation).toEqual({
      kind: 'Error',
      cause: 'ProviderMissing',
      message: 'no provider named prometheus; name one of spec.providers of the RiskPolicy',
      source: { provider: 'prometheus', query: 'error_ratio', queriedAtMs: someTimeMs },
    });
  });

  it.each([
    ['no URL', { url: 'prometheus:9090x' }, 'must begin with http:// or https://'],
    ['nonsense', { url: '' }, 'cannot be read'],
    ['a file', { url: 'file:///etc/passwd' }, 'must begin with http:// or https://'],
    ['credentials', { url: 'http://user:hunter2@prometheus:9090' }, 'must not hold credentials'],
    ['a user name', { url: 'http://user@prometheus:9090' }, 'must not hold credentials'],
    ['a query', { url: 'http://prometheus:9090/?token=hunter2' }, 'must not hold a query'],
    ['a metadata address', { url: 'http://169.254.169.254/latest/meta-data' }, 'link-local or cloud metadata address'],
    ['a metadata name', { url: 'http://metadata.google.internal' }, 'link-local or cloud metadata address'],
    ['no time to answer', { timeoutSeconds: 0 }, 'timeoutSeconds must be greater than 0'],
  ])('refuses a provider with %s, without repeating it', async (_what, change, reason) => {
    const signals = source();
    const problems = signals.replaceProviders([{ ...main, ...change }]);
    expect(problems).toEqual([{ name: 'prometheus', message: expect.stringContaining(reason) }]);
    expect(problems[0]?.message).not.toContain('hunter2');
    const [answer] = await signals.observe([requestFor(templateSignal())], never);
    expect(answer?.observation).toMatchObject({ cause: 'ProviderMissing', message: problems[0]?.message });
  });

  it('forgets a problem when the provider is mended', async () => {
    const signals = source();
    signals.replaceProviders([{ ...main, url: 'ftp://prometheus' }]);
    expect(signals.replaceProviders([main])).toEqual([]);
    await signals.close();
  });
});

describe('shapeKey', () => {
  it('is one for all models of a template', () => {
    expect(shapeKey(requestFor(templateSignal(), { namespace: 'fraud' }))).toBe(shapeKey(requestFor(templateSignal())));
  });

  it.each([
    ['providers', requestFor(templateSignal({ provider: 'second' }))],
    ['windows', requestFor(templateSignal({ windowSeconds: 61 }))],
    ['shapes', requestFor(templateSignal({ shape: 'other' }))],
    ['kinds', requestFor(inlineSignal({ shape: 'error-rate' }))],
  ])('tells %s apart', (_what, other) => {
    expect(shapeKey(other)).not.toBe(shapeKey(requestFor(templateSignal())));
  });

  it('never lets two namespaces share an inline query, even under one shape: it would be confined to the first', () => {
    expect(shapeKey(requestFor(inlineSignal(), { namespace: 'fraud' }))).not.toBe(
      shapeKey(requestFor(inlineSignal(), { namespace: 'lending' })),
    );
  });
});
