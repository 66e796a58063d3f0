/**
 * The whole road once, on real parts: `npm run demo`.
 *   --once             end after the story; without it everything stays up for a look, until Ctrl-C
 *   --json             the last line on standard output is one JSON object with what was measured; the story goes to standard error
 *   --without-gateway  as on a machine that forbids network namespaces: requests follow the route object
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { createSystemClock } from '../src/kube/system-clock.ts';
import type { Clock } from '../src/shared/clock.ts';
import { eventually } from '../testbed/eventually.ts';
import { getTools, toolsOfBed, toolsOfGateway } from '../testbed/get-tools.ts';
import { enterNetwork, isInsideNetwork } from '../testbed/network.ts';
import type { NetworkEntry } from '../testbed/network.ts';
import { startOperator } from '../testbed/operator-process.ts';
import type { OperatorProcess } from '../testbed/operator-process.ts';
import { runCommand } from '../testbed/run-command.ts';
import { startBed } from './bed/bed.ts';
import type { Bed } from './bed/bed.ts';
import { replayRoundAndRound } from './calling/replay.ts';
import { readDemoRows } from './data-files.ts';
import { countRequests, measureSceneOne } from './figures.ts';
import type { DemoFigures } from './figures.ts';
import { toRequestBody } from './census/row.ts';
import { Interrupted, listenForInterruption } from './interruption.ts';
import type { Interruption } from './interruption.ts';
import { lookAround } from './look-around.ts';
import { createNarrator } from './narrator.ts';
import type { Narrator } from './narrator.ts';
import { playSceneOne } from './scene-one.ts';
import { brokenPromises } from './promises.ts';
import { playSceneTwo } from './scene-two.ts';
import { reportHappenings } from './story/reporting.ts';
import { beginStory } from './story/story.ts';
import type { Story } from './story/story.ts';
import { namespace } from './watching/resources.ts';

type Network = Exclude<NetworkEntry, { kind: 'RanInside' }>;

interface Run {
  readonly network: Network;
  readonly clock: Clock;
  readonly interruption: Interruption;
  readonly narrator: Narrator;
  readonly json: boolean;
  readonly once: boolean;
}

async function build(): Promise<void> {
  const built = await runCommand(process.execPath, ['scripts/build.ts']);
  if (built.code !== 0) throw new Error(`the operator could not be bundled: ${built.stderr}`);
}

async function play(run: Run): Promise<void> {
  const { network, clock, interruption, narrator } = run;
  narrator.chapter('The bed: every part is real');
  if (network.kind === 'Unavailable') narrator.say(`No gateway, because ${network.reason} Requests follow the route object instead.`);
  const address = network.kind === 'Inside' ? network.address : null;
  const say = (line: string): void => {
    narrator.say(line);
  };
  const [bed] = await interruption.before(Promise.all([startBed({ address, clock, say }), build()]));
  try {
    if (bed.featureFlagStandIn)
      narrator.say('OpenFeature’s own FeatureFlag definition is not at hand: our description of its fields stands in.');
    await interruption.before(untilAnswered(bed));
    narrator.say('Requests reach the versions.');
    await withOperator(run, bed);
  } finally {
    await bed.stop();
  }
}

async function untilAnswered({ dataPlane }: Bed): Promise<void> {
  const [probe] = readDemoRows().ordinary;
  if (probe === undefined) throw new Error('demo/data has no ordinary rows');
  await eventually(async () => (await dataPlane.send(probe, false)).status === 200, { timeoutMs: 60_000, everyMs: 250 });
}

/** The bundle, with the token of the ServiceAccount it ships with and nothing more. */
async function withOperator(run: Run, bed: Bed): Promise<void> {
  const { interruption, narrator } = run;
  const operator = await startOperator({ access: bed.cluster, flags: {}, directory: bed.directory });
  try {
    await interruption.before(operator.leading());
    narrator.say('The operator runs as it ships (dist/operator.mjs) with the token of its own ServiceAccount, and leads.');
    for (const manifest of ['risk-policy.yaml', 'model-risk.yaml', 'mitigation-plan.yaml']) {
      await bed.apply(manifest);
      narrator.say(`kubectl apply -f demo/manifests/${manifest}`);
    }
    const figures = await tell(run, bed);
    narrator.chapter('The end');
    for (const [name, value] of Object.entries(figures)) narrator.say(`  ${name}: ${String(value)}`);
    if (run.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
    const broken = brokenPromises(figures);
    const verdict = broken.length === 0 ? 'Every promise was kept' : `the story is not what it should be: ${broken.join('; ')}`;
    narrator.say(`${verdict}.`);
    if (!run.once) await stayUp(run, bed, operator);
    if (broken.length > 0) throw new Error(`${verdict}.`);
  } catch (error) {
    if (!(error instanceof Interrupted)) narrator.say(`The operator's last words:\n${await lastWords(operator)}`);
    throw error;
  } finally {
    await operator.process.stop();
  }
}

async function tell(run: Run, bed: Bed): Promise<DemoFigures> {
  const { clock, narrator } = run;
  const story = beginStory({ bed, clock, narrator, firstRows: replayRoundAndRound(readDemoRows().ordinary) });
  let over = false;
  try {
    reportHappenings(story, () => over);
    return await run.interruption.before(playScenes(story));
  } finally {
    over = true;
    await story.stop();
  }
}

async function playScenes(story: Story): Promise<DemoFigures> {
  const sceneOne = await measureSceneOne(story, await playSceneOne(story));
  const auditVerified = await verifyAudit(story.bed);
  story.narrator.say(`kubectl modelrisk audit verify: ${auditVerified ? 'the record is intact' : 'the record is NOT intact'}.`);
  return { ...sceneOne, auditVerified, ...(await playSceneTwo(story)), ...countRequests(story.records) };
}

/** The plugin as it ships; an empty record proves nothing, so it counts as not verified. */
async function verifyAudit({ cluster }: Bed): Promise<boolean> {
  const plugin = ['dist/kubectl-modelrisk.mjs', 'audit', 'verify', '-n', namespace, '--kubeconfig', cluster.kubeconfig, '--json'];
  const verified = await runCommand(process.execPath, plugin);
  if (verified.code !== 0) return false;
  const report = JSON.parse(verified.stdout) as { readonly incidents: number; readonly entries: number };
  return report.incidents > 0 && report.entries > 0;
}

async function lastWords(operator: OperatorProcess): Promise<string> {
  return (await readFile(operator.process.logFile, 'utf8')).trimEnd().split('\n').slice(-15).join('\n');
}

async function stayUp(run: Run, bed: Bed, operator: OperatorProcess): Promise<void> {
  const { network, narrator, interruption } = run;
  const { cluster, dataPlane, prometheus } = bed;
  const reach = network.kind === 'Inside' ? (url: string) => bridged(network, url) : (url: string) => Promise.resolve(url);
  const [row] = readDemoRows().ordinary;
  const lines = await lookAround(
    {
      kubectlCommand: cluster.kubectlCommand,
      kubeconfig: network.kind === 'Inside' ? await bridgedKubeconfig(network, cluster) : cluster.kubeconfig,
      prometheusURL: prometheus.url,
      operatorURL: operator.url,
      gateway: dataPlane.gateway === null || row === undefined ? null : { ...dataPlane.gateway, exampleBody: toRequestBody(row) },
    },
    reach,
  );
  for (const line of lines) narrator.say(line);
  await interruption.asked;
  narrator.say('Everything ends now.');
}

type Inside = Extract<Network, { kind: 'Inside' }>;

async function bridged(network: Inside, url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return `http://127.0.0.1:${String(await network.exposeOutside(Number(port), hostname))}`;
}

async function bridgedKubeconfig(network: Inside, cluster: Bed['cluster']): Promise<string> {
  const port = await network.exposeOutside(Number(new URL(cluster.server).port));
  return cluster.kubeconfigFor({ token: cluster.adminToken }, { server: `https://127.0.0.1:${String(port)}`, tlsServerName: 'localhost' });
}

/** 128 + SIGINT, as a shell has it. */
const exitCodeOfInterruption = 130;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'without-gateway': { type: 'boolean', default: false },
    },
  });
  // Inside the network namespace nothing can be downloaded or built any more.
  const withGateway = !values['without-gateway'];
  const tools = [...toolsOfBed, 'prometheus' as const, ...(withGateway ? toolsOfGateway : [])];
  if (!isInsideNetwork() && !(await getTools('demo', tools))) return 1;
  const network = values['without-gateway'] ? ({ kind: 'Unavailable', reason: 'it was asked for so.' } as const) : await enterNetwork();
  if (network.kind === 'RanInside') return network.exitCode;
  const out = values.json ? process.stderr : process.stdout;
  const write = (text: string): void => {
    out.write(text);
  };
  const interruption = listenForInterruption(process);
  const clock = createSystemClock();
  const narrator = createNarrator({ clock, write, styled: out.isTTY });
  try {
    await play({ network, clock, interruption, narrator, once: values.once, json: values.json });
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) {
      narrator.say('The demo was asked to end; everything it started ends with it.');
      return exitCodeOfInterruption;
    }
    narrator.say(`The demo ended early: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

// Not by itself: a story that was broken off still waits for what will not happen any more. Its processes end with this one.
process.exit(await main());
