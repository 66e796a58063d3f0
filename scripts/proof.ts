/**
 * `npm run proof`: the operator is killed after every effective write of the main story, in three ways, and every run must
 * end as the one without a fault did, with no invariant broken on the way.
 *   --target KIND       the story of one kind of target (GRPCRoute, VirtualService, ...) in place of the main one
 *   --case NAME         one case, by the name a report gave it; nothing is learnt from another run but how the story ends
 *   --share 0.33        a seeded part of all cases (--seed N)
 *   --concurrency N     cases at a time
 *   --json              the last line on standard output is one JSON object; everything else goes to standard error
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { castOf, crashCast } from '../test/builders/crash-cast.ts';
import { crashKinds } from '../test/builders/crash-kinds.ts';
import { coordinatesOf } from '../testbed/cluster-access.ts';
import { connectTo } from '../testbed/connect.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { Cast } from '../testbed/crash/case-bed.ts';
import { parseCaseName } from '../testbed/crash/crash-case.ts';
import { learn, prove, seededShare } from '../testbed/crash/prove.ts';
import type { ProofOptions } from '../testbed/crash/prove.ts';
import { installProduct } from '../testbed/install.ts';
import { stampRoutes } from '../testbed/route-stamper.ts';
import { runCommand } from './run-command.ts';

const defaultConcurrency = 8;

interface Asked {
  readonly json: boolean;
  readonly cast: Cast;
  readonly concurrency: number;
  readonly seed: number | null;
  readonly choose: ProofOptions['choose'];
}

function castFor(kind: string | undefined): Cast {
  if (kind === undefined) return crashCast;
  const target = crashKinds.find((each) => each.kind === kind);
  if (target === undefined) throw new Error(`--target ${kind}: known are ${crashKinds.map((each) => each.kind).join(', ')}`);
  return castOf(target);
}

function readArguments(): Asked {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      target: { type: 'string' },
      case: { type: 'string' },
      share: { type: 'string' },
      seed: { type: 'string' },
      concurrency: { type: 'string' },
    },
  });
  const concurrency = Number(values.concurrency ?? defaultConcurrency);
  const common = { json: values.json, cast: castFor(values.target), concurrency };
  if (values.case !== undefined) {
    const crash = parseCaseName(values.case);
    if (crash === null) throw new Error(`--case ${values.case}: this names no case; take the name from a report, in quotes.`);
    return { ...common, seed: null, choose: () => [crash] };
  }
  const seed = values.share === undefined ? null : Number(values.seed ?? Math.floor(Math.random() * 1e9));
  return { ...common, seed, choose: seed === null ? null : seededShare(Number(values.share), seed) };
}

async function main(): Promise<number> {
  const { json, ...asked } = readArguments();
  const say = (line: string): void => {
    (json ? process.stderr : process.stdout).write(`${line}\n`);
  };
  const built = await runCommand(process.execPath, ['scripts/build.ts']);
  if (built.code !== 0) return built.code;
  // Some hundred processes run the same bundle: what V8 makes of it is kept, as a container's second start would.
  const compiled = mkdtempSync(join(tmpdir(), 'modelrisk-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = compiled;
  const plane = await startControlPlane();
  try {
    await installProduct(plane);
    const connected = connectTo(coordinatesOf(plane));
    const stamper = stampRoutes(connected.client, null);
    const options = { ...asked, plane: connected, say };
    const { summary } = await prove(options, await learn(options)).finally(() => stamper.stop());
    await connected.close();
    if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    return summary.failed === 0 && summary.cases > 0 ? 0 : 1;
  } finally {
    await plane.stop();
    rmSync(compiled, { recursive: true, force: true });
  }
}

// A run of all cases once did not end by itself after its verdict; nothing is worth waiting for by then.
process.exit(await main());
