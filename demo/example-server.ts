/**
 * A model server that follows docs/instrumentation.md, alone, with somebody who asks it: `npm run example-server`.
 * People of the census of 2016 are asked about, one after the other; what came true of each arrives later.
 *   --port 9000                    where it answers and is scraped; 0 takes any that is free
 *   --rows-per-second 20
 *   --outcome-delay-seconds 60     of a loan that would be months
 */
import { parseArgs } from 'node:util';

import { createSystemClock } from '../src/kube/system-clock.ts';
import { sendThroughGateway, startCaller } from './caller.ts';
import { postOutcomes, startOutcomes } from './calling/outcomes.ts';
import { replayRoundAndRound } from './calling/replay.ts';
import { readDemoRows } from './data-files.ts';
import { listen } from './serving/listen.ts';
import { createServedModel, modelName } from './serving/served-model.ts';

const version = '1.0.0';
const host = '127.0.0.1';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '9000' },
    'rows-per-second': { type: 'string', default: '20' },
    'outcome-delay-seconds': { type: 'string', default: '60' },
  },
});

function numberOf(option: keyof typeof values): number {
  const number = Number(values[option]);
  if (Number.isFinite(number) && number >= 0) return number;
  throw new Error(`--${option} must be a number of 0 or more, not ${values[option]}`);
}

const clock = createSystemClock();
const listening = await listen(createServedModel({ role: 'safe', version, clock }), { host, port: numberOf('port'), adminPort: 0 });
const origin = `http://${host}:${String(listening.port)}`;
const rowsPerSecond = numberOf('rows-per-second');
const delaySeconds = numberOf('outcome-delay-seconds');
console.log(`Model ${modelName} ${version} answers at ${origin}/score and is scraped at ${origin}/metrics.`);
console.log(
  `${String(rowsPerSecond)} rows of the census a second; what came true of each arrives ${String(delaySeconds)} s later. Ctrl-C ends it.`,
);
console.log(`For prometheus.yml; the namespace comes from you, never from the server:

scrape_configs:
  - job_name: models
    scrape_interval: 5s
    static_configs:
      - targets: ['${host}:${String(listening.port)}']
        labels: { namespace: lending }`);

const rows = readDemoRows().ordinary;
const employed = new Map(rows.map((row) => [row.id, row.employed]));
const { send, close } = sendThroughGateway({ origin, host: `${host}:${String(listening.port)}` });
const caller = startCaller({ clock, send, requestsPerSecond: rowsPerSecond, useCandidate: () => true, nextRow: replayRoundAndRound(rows) });
const outcomes = startOutcomes({
  ...{ clock, records: caller.records, delaySeconds },
  cameTrue: (id) => employed.get(id),
  deliver: (_version, batch) => postOutcomes(`http://${host}:${String(listening.adminPort)}`, batch),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    outcomes.stop();
    caller.stop();
    void caller.finished.then(close).then(() => {
      listening.stop();
    });
  });
}
