/**
 * The whole road once, on real parts: `npm run demo`.
 *   --once   end after the story; without it everything stays up for a look, until Ctrl-C
 *   --json   the last line on standard output is one JSON object with what was measured; the story goes to standard error
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { createSystemClock } from '../src/kube/system-clock.ts';
import type { Clock } from '../src/shared/clock.ts';
import { eventually } from '../testbed/eventually.ts';
import { enterNetwork } from '../testbed/network.ts';
import type { NetworkEntry } from '../testbed/network.ts';
import { startOperator } from '../testbed/operator-process.ts';
import type { OperatorProcess } from '../testbed/operator-process.ts';
import { runCommand } from '../testbed/run-command.ts';
import { startBed } from './bed/bed.ts';
import type { Bed } from './bed/bed.ts';
import { sendThroughGateway } from './caller.ts';
import { replayRoundAndRound } from './calling/replay.ts';
import { readDemoRows } from './data-files.ts';
import { measureSceneOne } from './figures.ts';
import { createNarrator } from './narrator.ts';
import type { Narrator } from './narrator.ts';
import { playSceneOne } from './scene-one.ts';
import { playSceneTwo } from './scene-two.ts';
import { reportHappenings } from './story/reporting.ts';
import { beginStory } from './story/story.ts';
import { namespace } from './watching/resources.ts';

const host = 'employment.demo.example';

type Inside = Extract<NetworkEntry, { kind: 'Inside' }>;

interface Run {
  readonly network: Inside;
  readonly clock: Clock;
  readonly narrator: Narrator;
  readonly json: boolean;
  readonly once: boolean;
}

async function build(): Promise<void> {
  const built = await runCommand(process.execPath, ['scripts/build.ts']);
  if (built.code !== 0) throw new Error(`the operator could not be bundled: ${built.stderr}`);
}

/** The bundle, with the token of the ServiceAccount it ships with and nothing more. */
async function startShippedOperator(bed: Bed, narrator: Narrator): Promise<OperatorProcess> {
  const operator = await startOperator({ access: bed.cluster, flags: {}, directory: bed.directory });
  await operator.leading();
  narrator.say('The operator runs as it ships (dist/operator.mjs) with the token of its own ServiceAccount, and leads.');
  for (const manifest of ['risk-policy.yaml', 'model-risk.yaml', 'mitigation-plan.yaml']) {
    await bed.apply(manifest);
    narrator.say(`kubectl apply -f demo/manifests/${manifest}`);
  }
  return operator;
}

async function verifyAudit({ cluster }: Bed): Promise<boolean> {
  const verified = await runCommand(process.execPath, [
    'dist/kubectl-modelrisk.mjs',
    'audit',
    'verify',
    '-n',
    namespace,
    '--kubeconfig',
    cluster.kubeconfig,
    '--json',
  ]);
  if (verified.code !== 0) return false;
  const report = JSON.parse(verified.stdout) as { readonly incidents: number; readonly entries: number };
  return report.incidents > 0 && report.entries > 0;
}

async function play({ network, clock, narrator, json, once }: Run): Promise<void> {
  narrator.chapter('The bed: every part is real');
  const [bed] = await Promise.all([
    startBed(network.address, (line) => {
      narrator.say(line);
    }),
    build(),
  ]);
  const gateway = sendThroughGateway({ origin: bed.gateway.url, host });
  let operator: OperatorProcess | null = null;
  try {
    if (bed.featureFlagStandIn)
      narrator.say('OpenFeature’s own FeatureFlag definition is not at hand: our description of its fields stands in.');
    const rows = readDemoRows();
    const [probe] = rows.ordinary;
    if (probe === undefined) throw new Error('demo/data has no ordinary rows');
    await eventually(async () => (await gateway.send(probe, false)).status === 200, { timeoutMs: 60_000, everyMs: 250 });
    narrator.say('Requests go through Envoy to both versions.');
    operator = await startShippedOperator(bed, narrator);
    const story = beginStory({ bed, clock, narrator, send: gateway.send, firstRows: replayRoundAndRound(rows.ordinary) });
    let over = false;
    try {
      reportHappenings(story, () => over);
      const times = await playSceneOne(story);
      const sceneOne = await measureSceneOne(story, times);
      const auditVerified = await verifyAudit(bed);
      narrator.say(`kubectl modelrisk audit verify: ${auditVerified ? 'the record is intact' : 'the record is NOT intact'}.`);
      const sceneTwo = await playSceneTwo(story);
      over = true;
      narrator.chapter('The end');
      const figures = { ...sceneOne, auditVerified, ...sceneTwo };
      for (const [name, value] of Object.entries(figures)) narrator.say(`  ${name}: ${String(value)}`);
      if (!once) await stayUp({ network, bed, narrator });
      if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
    } catch (error) {
      narrator.say(`The operator's last words:\n${await lastLines(operator.process.logFile)}`);
      throw error;
    } finally {
      over = true;
      await story.stop();
    }
  } finally {
    await gateway.close();
    await operator?.process.stop();
    await bed.stop();
  }
}

async function lastLines(logFile: string): Promise<string> {
  return (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-15).join('\n');
}

async function stayUp({ network, bed, narrator }: Pick<Run, 'network' | 'narrator'> & { readonly bed: Bed }): Promise<void> {
  const port = await network.exposeOutside(Number(new URL(bed.cluster.server).port));
  const kubeconfig = await bed.cluster.kubeconfigFor(
    { token: bed.cluster.adminToken },
    { server: `https://127.0.0.1:${String(port)}`, tlsServerName: 'localhost' },
  );
  narrator.say(
    `Everything stays up until Ctrl-C. Look around: kubectl --kubeconfig ${kubeconfig} -n ${namespace} get modelrisks,mitigationplans,riskincidents`,
  );
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        resolve();
      });
  });
}

const network = await enterNetwork();
if (network.kind === 'RanInside') {
  process.exitCode = network.exitCode;
} else {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } } });
  const out = values.json ? process.stderr : process.stdout;
  const clock = createSystemClock();
  const narrator = createNarrator({
    clock,
    write: (text) => {
      out.write(text);
    },
    styled: out.isTTY,
  });
  if (network.kind === 'Unavailable') {
    narrator.say(`The demo needs a gateway, and that ${network.reason}`);
    process.exitCode = 1;
  } else {
    await play({ network, clock, narrator, ...values }).catch((error: unknown) => {
      narrator.say(`The demo ended early: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    });
  }
}
