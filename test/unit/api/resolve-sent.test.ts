import { describe, expect, it } from '@jest/globals';
import { resolveSignal } from '../../../src/api/resolve-signal.ts';
import { httpJSONTemplate, pushTemplate, alertTemplate, templateIndicator, withValue } from '../../builders/api.ts';
import { parsedIndicator, parsedPolicy } from '../../builders/parsed.ts';

const identity = { namespace: 'lending', model: 'credit-default', version: '2.3.0' };
const service = { name: 'drift-service', httpJSON: { url: 'http://drift.monitoring:8080' } };

function resolve(signal: object, indicator: Readonly<Record<string, unknown>> = {}, providers: readonly object[] = [service]) {
  const policy = parsedPolicy((manifest) => withValue(withValue(manifest, 'spec.signals', [signal]), 'spec.providers', providers));
  const changed = Object.entries({ 'signal.template.name': 'sent', minSamples: undefined, ...indicator });
  return resolveSignal(
    parsedIndicator(changed.reduce((whole, [path, value]) => withValue(whole, path, value), templateIndicator())),
    identity,
    policy,
  );
}

describe('a signal from a service that answers JSON', () => {
  it('keeps path, pointers and provider', () => {
    expect(resolve(httpJSONTemplate())).toEqual({
      ok: true,
      value: {
        ...{ kind: 'HTTPJSON', shape: expect.any(String), provider: 'drift-service', query: '/{namespace}/{model}/{version}' },
        pointers: { value: '/drift/psi', time: '/measuredAt', sampleCount: '/rows' },
        ...{ windowSeconds: 600, measurableIn: ['Live'], scalesWith: 'Share' },
      },
    });
  });

  it.each([
    ['names a Prometheus', {}, [{ name: 'drift-service', prometheus: { url: 'http://p:9090' } }], 'name a provider with httpJSON'],
    ['names nobody', {}, [], 'names provider drift-service, which the policy does not have'],
    ['has an objective', { objective: { targetPercent: 99 } }, [service], 'leave objective out'],
    ['has a reference', { 'signal.reference': { upperBounds: [1, 2], counts: [1, 2, 3] } }, [service], 'leave signal.reference out'],
  ])('that %s is refused with the remedy', (_what, indicator, providers, remedy) => {
    expect(resolve(httpJSONTemplate(), indicator, providers)).toEqual({ ok: false, failure: expect.stringContaining(remedy) });
  });

  it('without a count of rows takes no minSamples above 0', () => {
    const uncounted = withValue(httpJSONTemplate(), 'httpJSON.sampleCount', undefined);
    expect(resolve(uncounted, { minSamples: 5 })).toEqual({ ok: false, failure: expect.stringContaining('have a sampleCount added') });
    expect(resolve(uncounted, { minSamples: 0 }).ok).toBe(true);
  });
});

describe('a query', () => {
  it('is not asked of a service that answers JSON', () => {
    const query = {
      ...pushTemplate(),
      push: undefined,
      provider: 'drift-service',
      promQL: { query: 'x' },
      identity: { namespace: 'n', model: 'm' },
    };
    expect(resolve(query)).toEqual({
      ok: false,
      failure: expect.stringContaining('provider drift-service answers none; name a provider with prometheus'),
    });
  });

  it('of a tenant neither', () => {
    const inline = { signal: { promQL: { provider: 'drift-service', query: 'x', windowSeconds: 60 } } };
    expect(resolve(httpJSONTemplate(), inline)).toEqual({ ok: false, failure: expect.stringContaining('allows no inline queries') });
  });
});

describe('a signal that is pushed', () => {
  it('is read from the inbox, by its own name', () => {
    expect(resolve(pushTemplate())).toMatchObject({
      ok: true,
      value: { kind: 'Push', provider: 'inbox', query: 'sent', windowSeconds: 600 },
    });
  });

  it('counts rows where they are pushed with it, so minSamples may be written', () => {
    expect(resolve(pushTemplate(), { minSamples: 500 }).ok).toBe(true);
  });
});

describe('a signal of alerts', () => {
  it('keeps alert, heartbeat and whom it speaks of', () => {
    expect(resolve(alertTemplate())).toMatchObject({
      ok: true,
      value: {
        ...{ kind: 'Alert', provider: 'inbox', query: 'ScoreDrift', heartbeat: 'Watchdog', repeatSeconds: 14_400 },
        identityLabels: { namespace: 'namespace', model: 'model', version: null, served: null },
      },
    });
  });

  it('counts no rows', () => {
    expect(resolve(alertTemplate(), { minSamples: 1 })).toEqual({ ok: false, failure: expect.stringContaining('write minSamples: 0') });
  });
});
