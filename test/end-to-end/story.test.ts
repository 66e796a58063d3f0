import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../testbed/api-client.ts';
import { applyGuardedModel, featureFlags, httpRoutes, mitigationPlans, riskIncidents } from '../builders/guarded-model.ts';
import { openOperatorWorld } from '../builders/operator-world.ts';
import type { OperatorWorld } from '../builders/operator-world.ts';

interface RouteSpec {
  readonly rules: readonly {
    readonly filters?: readonly { readonly type: string }[];
    readonly backendRefs: readonly { readonly name: string; readonly weight: number }[];
  }[];
}

function shareOf(route: KubeObject, service: string): number {
  const backends = (route['spec'] as RouteSpec).rules[0]?.backendRefs ?? [];
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  return (100 * (backends.find(({ name }) => name === service)?.weight ?? 0)) / total;
}

function isMirrored(route: KubeObject): boolean {
  return (route['spec'] as RouteSpec).rules[0]?.filters?.some(({ type }) => type === 'RequestMirror') ?? false;
}

function defaultVariant(flag: KubeObject): string {
  return (
    (flag['spec'] as { readonly flagSpec: { readonly flags: Record<string, { readonly defaultVariant: string }> } }).flagSpec.flags[
      'use-v2'
    ]?.defaultVariant ?? ''
  );
}

/** What a user owns of an object: everything but what the server counts. */
function owned({ metadata, spec }: KubeObject) {
  const managers = (metadata.managedFields ?? []).filter(({ subresource }) => subresource === undefined).map(({ manager }) => manager);
  return { labels: metadata.labels, annotations: metadata.annotations, finalizers: metadata.finalizers, managers, spec };
}

describe('the main story, from the bundle on the real API server', () => {
  let world: OperatorWorld;
  let route: KubeObject;
  let flag: KubeObject;

  beforeAll(async () => {
    world = await openOperatorWorld();
    await applyGuardedModel(world.plane.client, { namespace: world.namespace, providerURL: world.provider.url });
    route = await world.get(httpRoutes, 'credit');
    flag = await world.get(featureFlags, 'credit-flags');
    await world.start();
  }, 120_000);

  afterAll(() => world.close());

  it('leaves a quiet model alone', async () => {
    await world.until(mitigationPlans, 'credit', ({ status }) => (status as { readonly phase?: string } | undefined)?.phase === 'Idle');
    expect(owned(await world.get(httpRoutes, 'credit'))).toEqual(owned(route));
  });

  it('caps the candidate at a breach, keeps the sum, and goes on to shadow and flag while it lasts', async () => {
    world.setDrift(0.9);
    const capped = await world.until(httpRoutes, 'credit', (live) => shareOf(live, 'credit-v2') <= 10);
    expect(shareOf(capped, 'credit-v2')).toBe(10);
    expect(capped.metadata.annotations).toMatchObject({
      'modelrisk.dev/journal': expect.any(String),
      'modelrisk.dev/epoch': expect.any(String),
    });
    const shadowed = await world.until(httpRoutes, 'credit', isMirrored);
    expect(shareOf(shadowed, 'credit-v2')).toBe(0);
    await world.until(featureFlags, 'credit-flags', (live) => defaultVariant(live) === 'off');
    expect(isMirrored(await world.get(httpRoutes, 'credit'))).toBe(false);
  }, 60_000);

  it('comes down step by step on fresh Ok, and leaves route and flag as their users had them', async () => {
    world.setDrift(0.01);
    await world.until(httpRoutes, 'credit', isMirrored);
    expect(defaultVariant(await world.get(featureFlags, 'credit-flags'))).toBe('on');
    await world.until(httpRoutes, 'credit', (live) => live.metadata.annotations?.['modelrisk.dev/journal'] === undefined);
    await world.until(featureFlags, 'credit-flags', (live) => live.metadata.annotations?.['modelrisk.dev/journal'] === undefined);
    expect(owned(await world.get(httpRoutes, 'credit'))).toEqual(owned(route));
    expect(owned(await world.get(featureFlags, 'credit-flags'))).toEqual(owned(flag));
  }, 60_000);

  it('has one incident for it, closed, with every step in order', async () => {
    const incidents = await world.plane.client.list(riskIncidents, { namespace: world.namespace });
    expect(incidents).toHaveLength(1);
    const { entries } = incidents[0]?.['status'] as { readonly entries: readonly { readonly type: string }[] };
    const steps = entries.map(({ type }) => type).filter((type) => !['Applied', 'Verified'].includes(type));
    expect(steps).toEqual(['Engaged', 'Escalated', 'Escalated', 'SteppedDown', 'SteppedDown', 'Released', 'Closed']);
  });
});
