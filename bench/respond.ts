import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';

import { createSystemClock } from '../src/kube/system-clock.ts';
import { aPolicy, riskPolicies } from '../test/builders/guarded-model.ts';
import { patchableKinds } from '../test/builders/patchable-kinds.ts';
import { storyTargets } from '../test/builders/story-target.ts';
import type { StoryTarget } from '../test/builders/story-target.ts';
import { requestsOf } from '../testbed/audit-log.ts';
import { coordinatesOf } from '../testbed/cluster-access.ts';
import { connectTo } from '../testbed/connect.ts';
import type { ConnectedControlPlane } from '../testbed/connect.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import { eventually } from '../testbed/eventually.ts';
import { installProduct } from '../testbed/install.ts';
import { standInForKServe } from '../testbed/kserve-stand-in.ts';
import { operatorAccount, startOperator } from '../testbed/operator-process.ts';
import { listPatchKinds } from '../testbed/patch-kinds.ts';
import { stampPods } from '../testbed/pod-stamper.ts';
import { startPrometheusStandIn } from '../testbed/prometheus-stand-in.ts';
import type { PrometheusStandIn } from '../testbed/prometheus-stand-in.ts';
import { runCommand } from '../testbed/run-command.ts';
import { wallClockMs } from '../testbed/wall-clock.ts';
import type { Say } from './bed.ts';
import type { Sighting } from './breach-run.ts';
import { seriesOf } from './effect/bed.ts';
import { spreadOf, toHundredth } from './percentiles.ts';
import type { Spread } from './percentiles.ts';
import { openModel } from './respond/model.ts';
import { strikeInTurn } from './respond/strike.ts';
import type { Struck } from './respond/timing.ts';
import { timeResponses } from './respond/timing.ts';

export interface RespondOptions {
  /** Of each kind of target. */
  readonly breaches: number;
  /** Kinds breached beside each other. */
  readonly atOnce: number;
  /** By name; null: every kind the stories know. */
  readonly kinds: readonly string[] | null;
  readonly random: () => number;
  readonly say: Say;
}

export interface KindFigures {
  readonly kind: string;
  readonly n: number;
  /** Breaches that brought no patch. */
  readonly missed: number;
  /** From the moment the provider would tell it to a patch the API server says it has answered: up to one interval of waiting included. */
  readonly breachToPatchMs: Spread;
  /** From the answer that carried it. */
  readonly answerToPatchMs: Spread;
}

export interface RespondFigures {
  readonly intervalMs: number;
  readonly atOnce: number;
  readonly targets: readonly KindFigures[];
  /** Of the machine, over one minute, at the beginning and at the end. */
  readonly load: readonly number[];
}

const intervalMs = 1000;
/** Given back to the byte before its turn comes again. */
const modelsAKind = 8;

/** From a breach to the patch of each kind of target, by the operator as it ships on a real API server. */
export async function benchRespond(options: RespondOptions): Promise<RespondFigures> {
  const targets = chosenTargets(options.kinds);
  const loadBefore = loadavg()[0] ?? NaN;
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const built = await runCommand(process.execPath, ['scripts/build.ts']);
    if (built.code !== 0) throw new Error(`the operator could not be bundled: ${built.stderr}`);
    const plane = await startControlPlane();
    stops.push(() => plane.stop());
    await installProduct(plane);
    const cluster = connectTo(coordinatesOf(plane));
    stops.push(() => cluster.close());
    const pods = stampPods(cluster.client, { namespace: null });
    stops.push(() => pods.stop());
    const kserve = standInForKServe(cluster.client);
    stops.push(() => kserve.stop());
    const patches = await listPatchKinds(cluster.client, patchableKinds);
    const operator = await startOperator({ access: cluster, flags: { namespace: operatorAccount.namespace, ...patches } });
    stops.push(() => operator.process.stop());
    await operator.leading();
    const figures: KindFigures[] = [];
    for (let first = 0; first < targets.length; first += options.atOnce) {
      const group = targets.slice(first, first + options.atOnce);
      figures.push(...(await Promise.all(group.map((target) => measureKind(cluster, target, options)))));
    }
    return { intervalMs, atOnce: options.atOnce, targets: figures, load: [loadBefore, loadavg()[0] ?? NaN].map(toHundredth) };
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

function chosenTargets(names: RespondOptions['kinds']): readonly StoryTarget[] {
  if (names === null) return storyTargets;
  return names.map((name) => {
    const target = storyTargets.find(({ kind }) => kind === name);
    if (target === undefined) throw new Error(`--kinds ${name}: known are ${storyTargets.map(({ kind }) => kind).join(', ')}`);
    return target;
  });
}

/** Each kind has a provider, a policy and so a query of its own: a look of one says nothing to another. */
async function measureKind(
  cluster: ConnectedControlPlane,
  target: StoryTarget,
  { breaches, random, say }: RespondOptions,
): Promise<KindFigures> {
  const provider = await startPrometheusStandIn();
  const policy = `respond-${target.kind.toLowerCase()}`;
  const clock = createSystemClock();
  const signal = openSignal(provider);
  await cluster.client.create(riskPolicies, aPolicy({ namespace: policy, providerURL: provider.url }));
  const models = await Promise.all(Array.from({ length: modelsAKind }, () => openModel({ cluster, target, policy, clock })));
  try {
    for (const { namespace } of models) signal.add(namespace);
    for (const model of models)
      await eventually(() => model.isReady(), { timeoutMs: 120_000, everyMs: 500 }).catch((cause: unknown) => {
        throw new Error(`${target.kind}: the plan in ${model.namespace} did not become Ready within 120 s`, { cause });
      });
    say(`${target.kind}: ${breaches} breaches, one after the other, each at a random moment of its interval.`);
    const struck = await strikeInTurn({ models, random, strike: signal.strike, clear: signal.clear }, breaches);
    return await figuresOf(cluster, target, struck);
  } finally {
    await Promise.all(models.map((model) => model.stop()));
    await provider.stop();
  }
}

async function figuresOf({ auditLog }: ConnectedControlPlane, target: StoryTarget, struck: readonly Struck[]): Promise<KindFigures> {
  const user = `system:serviceaccount:${operatorAccount.namespace}:${operatorAccount.serviceAccount}`;
  const requests = requestsOf(user, await readFile(auditLog, 'utf8'));
  const { breachToPatchMs, answerToPatchMs, missed } = timeResponses(struck, requests, target.resource.plural);
  return {
    kind: target.kind,
    n: breachToPatchMs.length,
    missed,
    breachToPatchMs: spreadOf(breachToPatchMs),
    answerToPatchMs: spreadOf(answerToPatchMs),
  };
}

interface Signal {
  readonly add: (namespace: string) => void;
  readonly strike: (namespace: string) => Promise<Sighting>;
  readonly clear: (namespace: string) => void;
}

/** Nobody asked for that long: the breach then counts as never answered. */
const patienceMs = 10 * intervalMs;

function openSignal(provider: PrometheusStandIn): Signal {
  const values = new Map<string, number>();
  const waiting = new Set<(servedAtMs: number | null) => void>();
  // The answer is made and its time stamped in one turn of the event loop, so whoever waits was in it.
  provider.answerOthers({ kind: 'Vector', series: () => [...values].flatMap(([namespace, value]) => seriesOf(namespace, value)) });
  provider.onServed(({ servedAtMs }) => {
    for (const tell of waiting) tell(servedAtMs);
    waiting.clear();
  });
  return {
    add: (namespace) => values.set(namespace, 0.01),
    clear: (namespace) => values.set(namespace, 0.01),
    strike: (namespace) =>
      new Promise((resolve) => {
        values.set(namespace, 0.9);
        const visibleAtMs = wallClockMs();
        const tell = (servedAtMs: number | null): void => {
          clearTimeout(timer);
          waiting.delete(tell);
          resolve({ visibleAtMs, servedAtMs });
        };
        const timer = setTimeout(tell, patienceMs, null);
        waiting.add(tell);
      }),
  };
}
