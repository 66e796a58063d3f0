import { afterEach, describe, expect, it } from '@jest/globals';
import { openSight } from '../../../src/controllers/sight.ts';
import type { ClusterSight } from '../../../src/controllers/sight.ts';
import { openSightView } from '../../../src/controllers/sight-view.ts';
import { sightResources } from '../../../src/controllers/sight-resources.ts';
import type { Transport } from '../../../src/kube/transport.ts';
import { createManualClock, settle } from '../../builders/manual-clock.ts';
import { createMemoryAPI } from '../../builders/memory-api.ts';
import { memoryDeployment, memoryPod, memoryUsage } from '../../builders/memory-cluster.ts';
import { answer, unavailable } from '../../builders/scripted-transport.ts';

const abort = new AbortController().signal;
const silenceMs = 10_000;

function lookout(change: (transport: Transport) => Partial<Transport> = () => ({}), namespace: string | null = null) {
  const clock = createManualClock();
  const api = createMemoryAPI(clock);
  const transport: Transport = { ...api, ...change(api) };
  const options = {
    transport,
    clock,
    namespace,
    requestTimeoutMs: 1000,
    watchSilenceMs: silenceMs,
    random: () => 1,
    observe: () => undefined,
  };
  const sight = openSight(options);
  open.push(sight);
  return { clock, api, sight, options };
}

const open: ClusterSight[] = [];

afterEach(async () => {
  for (const sight of open.splice(0)) await sight.stop();
});

describe('the sight of the cluster', () => {
  it('shows what is there and follows it, cut to what signals read', async () => {
    const { api, sight } = lookout();
    memoryPod(api, 'a');
    await sight.open(['Pod'], abort);
    expect(sight.read('Pod', 'lending')).toMatchObject({ kind: 'Seen', facts: [{ name: 'a', isRunning: true }] });
    expect(sight.read('Pod', 'elsewhere')).toMatchObject({ kind: 'Seen', facts: [] });
    memoryPod(api, 'a', { restarts: 2 });
    await settle();
    const sees = sight.read('Pod', 'lending');
    const [seen] = sees.kind === 'Seen' ? sees.facts : [];
    expect(seen === undefined ? null : sight.restartsOf(seen, 'server')?.seenAtMs).toHaveLength(2);
  });

  it('keeps nothing of an object but its place and its facts', async () => {
    const { api, options } = lookout();
    memoryPod(api, 'a');
    const view = openSightView(sightResources.Pod, options);
    view.reflector.start();
    await view.settled;
    const [object] = view.store.list();
    expect(Object.keys(object ?? {}).sort()).toEqual(['apiVersion', 'fact', 'kind', 'metadata']);
    expect(Object.keys(object?.metadata ?? {}).sort()).toEqual(['creationTimestamp', 'name', 'namespace', 'resourceVersion', 'uid']);
    await view.reflector.stop();
  });

  it('is blind before the first list, and says so', () => {
    const { sight } = lookout();
    expect(sight.read('Pod', 'lending')).toEqual({ kind: 'Blind', message: 'pods could not be listed', remedy: 'Check the API server.' });
  });

  it('waits ten seconds for a first list, no longer', async () => {
    const { clock, sight } = lookout(() => ({ request: () => new Promise(() => undefined) }));
    let isOpen = false;
    void sight.open(['Pod'], abort).then(() => {
      isOpen = true;
    });
    await clock.advance(9_999);
    expect(isOpen).toBe(false);
    await clock.advance(1);
    expect(isOpen).toBe(true);
    expect(sight.read('Pod', 'lending').kind).toBe('Blind');
    open.splice(0);
  });

  it('does not wait for what is refused: the refusal is the answer, with what to do', async () => {
    const { api, sight } = lookout();
    api.forbid('pods');
    await sight.open(['Pod'], abort);
    expect(sight.read('Pod', 'lending')).toMatchObject({
      kind: 'Blind',
      message: 'pods could not be listed: pods is forbidden: the operator cannot list it',
      remedy: expect.stringContaining('modelrisk-operator-cluster-signals'),
    });
  });

  it('is blind once a watch was silent for three times its limit, whatever it last showed', async () => {
    let isBroken = false;
    const { clock, api, sight } = lookout((memory) => ({
      open: (request) => (isBroken ? Promise.resolve(unavailable()) : memory.open(request)),
    }));
    memoryDeployment(api);
    await sight.open(['Deployment'], abort);
    await settle();
    await clock.advance(120_000);
    // Silent but replaced: it is heard.
    expect(sight.read('Deployment', 'lending').kind).toBe('Seen');
    isBroken = true;
    await clock.advance(2 * silenceMs);
    expect(sight.read('Deployment', 'lending').kind).toBe('Seen');
    await clock.advance(2 * silenceMs);
    expect(sight.read('Deployment', 'lending')).toMatchObject({
      kind: 'Blind',
      message: expect.stringContaining('nothing was heard of deployments for '),
    });
    isBroken = false;
    await clock.advance(60_000);
    expect(sight.read('Deployment', 'lending').kind).toBe('Seen');
  });

  it('tells a kind that is not served from one that is empty', async () => {
    const { clock, api, sight } = lookout();
    api.serve('vulnerabilityreports', false);
    await sight.open(['VulnerabilityReport', 'NetworkPolicy'], abort);
    expect(sight.read('VulnerabilityReport', 'lending')).toEqual({
      kind: 'NotServed',
      resource: 'vulnerabilityreports.aquasecurity.github.io',
    });
    expect(sight.read('NetworkPolicy', 'lending')).toMatchObject({ kind: 'Seen', facts: [] });
    api.serve('vulnerabilityreports', true);
    await clock.advance(60_000);
    expect(sight.read('VulnerabilityReport', 'lending').kind).toBe('Seen');
  });

  it('forgets what it no longer watches, restarts too', async () => {
    const { api, sight } = lookout();
    memoryPod(api, 'a', { restarts: 3 });
    await sight.open(['Pod', 'Deployment'], abort);
    const before = sight.read('Pod', 'lending');
    const [seen] = before.kind === 'Seen' ? before.facts : [];
    sight.keepOnly(new Set(['Deployment']));
    expect(sight.read('Pod', 'lending').kind).toBe('Blind');
    expect(seen === undefined ? undefined : sight.restartsOf(seen, 'server')).toBeNull();
    expect(sight.read('Deployment', 'lending').kind).toBe('Seen');
  });

  it('looks at the one namespace under guard only', async () => {
    const { api, sight } = lookout(undefined, 'lending');
    memoryPod(api, 'a');
    await sight.open(['Pod'], abort);
    await settle();
    expect(api.requests.map(({ verb, namespace }) => `${verb} ${namespace ?? 'all'}`)).toEqual(['list lending', 'watch lending']);
  });
});

describe('the metrics API', () => {
  it('is asked for one namespace, and nothing is kept', async () => {
    const { api, sight } = lookout();
    memoryUsage(api, 'a', '250m', '2026-06-01T12:00:00Z');
    expect(await sight.usageIn('lending', abort)).toEqual({
      ok: true,
      value: [{ pod: 'a', atMs: Date.parse('2026-06-01T12:00:00Z'), cpu: 0.25, memory: 2 ** 29 }],
    });
    expect(api.requests).toMatchObject([{ verb: 'list', group: 'metrics.k8s.io', resource: 'pods', namespace: 'lending' }]);
  });

  it('that is not there, refuses or answers nonsense is told apart', async () => {
    const absent = lookout();
    absent.api.serve('podmetrics', false);
    expect(await absent.sight.usageIn('lending', abort)).toEqual({
      ok: false,
      failure: { kind: 'NotServed', resource: 'pods.metrics.k8s.io' },
    });
    absent.api.serve('podmetrics', true);
    absent.api.forbid('podmetrics');
    expect(await absent.sight.usageIn('lending', abort)).toMatchObject({ ok: false, failure: { kind: 'Blind' } });
    const odd = lookout(() => ({ request: () => Promise.resolve(answer({ items: 'none' })) }));
    expect(await odd.sight.usageIn('lending', abort)).toEqual({ ok: true, value: [] });
    const empty = lookout(() => ({ request: () => Promise.resolve(answer(null)) }));
    expect(await empty.sight.usageIn('lending', abort)).toEqual({ ok: true, value: [] });
  });

  it('regression: that hangs leaves the other requests their connections, and every namespace is told in time', async () => {
    let underWay = 0;
    let most = 0;
    const hanging = (until: AbortSignal | undefined) =>
      new Promise<ReturnType<typeof unavailable>>((resolve) => {
        most = Math.max(most, (underWay += 1));
        until?.addEventListener('abort', () => {
          underWay -= 1;
          resolve(unavailable());
        });
      });
    const { clock, sight } = lookout(() => ({ request: ({ abort: until }) => hanging(until) }));
    const answers = Promise.all(Array.from({ length: 40 }, (_, index) => sight.usageIn(`team-${String(index)}`, abort)));
    await settle();
    expect(most).toBe(8);
    await clock.advance(1000);
    for (const each of await answers) expect(each).toMatchObject({ ok: false, failure: { kind: 'Blind' } });
    expect([most, underWay]).toEqual([8, 0]);
  });
});
