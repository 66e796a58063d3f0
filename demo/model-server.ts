/**
 * One version of the employment model behind HTTP.
 *   node demo/model-server.ts --role candidate|safe --version 2.0.0 --host 10.244.0.1 --port 8082 --admin-port 9082
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { parseArgs } from 'node:util';

import { createSystemClock } from '../src/kube/system-clock.ts';
import type { CensusRow, FeatureColumn } from './census/row.ts';
import { withEmptyColumn } from './census/row.ts';
import { readDemoRows, readModelFiles } from './data-files.ts';
import { createCandidateModel } from './model/candidate-model.ts';
import { createSafeModel } from './model/safe-model.ts';
import { createFeaturePipeline } from './serving/feature-pipeline.ts';
import { answerAdmin, answerPublic } from './serving/request-handler.ts';
import type { HTTPAnswer, HTTPRequest, ServedModel } from './serving/request-handler.ts';
import { createScoreMetrics } from './serving/score-metrics.ts';

const longestBodyBytes = 4_096;

type Score = (row: CensusRow, emptyColumn: FeatureColumn | null) => number | null;

function scorerFor(role: string): Score {
  const files = readModelFiles();
  if (role === 'safe') {
    const score = createSafeModel(files.safe);
    return (row, emptyColumn) => score(emptyColumn === null ? row : withEmptyColumn(row, emptyColumn));
  }
  if (role !== 'candidate') throw new Error(`--role must be candidate or safe, not ${role}`);
  const { ordinary, shift } = readDemoRows();
  const published = new Map([...ordinary, ...shift].map((row) => [row.id, row.publishedScore]));
  return createCandidateModel(files.candidate, (id) => published.get(id));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Buffer)) continue;
    length += chunk.length;
    if (length > longestBodyBytes) throw new Error(`the body is longer than ${String(longestBodyBytes)} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function serve(answer: (request: HTTPRequest) => HTTPAnswer | Promise<HTTPAnswer>): Server {
  const handle = async (request: IncomingMessage): Promise<HTTPAnswer> => {
    const { method = 'GET', url = '/', headers } = request;
    const path = url.split('?', 1)[0] ?? '/';
    return answer({ method, path, host: headers.host, body: await readBody(request) });
  };
  // Envoy keeps connections for an hour; a server that closes them first would look like a failing version.
  return createServer({ keepAliveTimeout: 0 }, (request, response) => {
    handle(request)
      .catch((error: unknown) => ({ status: 500, headers: {}, body: String(error) }))
      .then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))));
  });
}

const { values } = parseArgs({
  options: {
    role: { type: 'string' },
    version: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string' },
    'admin-port': { type: 'string' },
  },
});
const { role, version, port, 'admin-port': adminPort } = values;
if (role === undefined || version === undefined || port === undefined || adminPort === undefined) {
  throw new Error('model-server needs --role, --version, --port and --admin-port');
}
const clock = createSystemClock();
const model: ServedModel = {
  version,
  score: scorerFor(role),
  pipeline: createFeaturePipeline(),
  metrics: createScoreMetrics({ model: 'employment', version, upperBounds: readModelFiles().reference.upperBounds }),
  nowMs: () => clock.nowMs(),
};
const servers = [serve((request) => answerPublic(model, request)), serve((request) => answerAdmin(model, request))];
servers[0]?.listen(Number(port), values.host);
// Breaking a model is for whoever sits at this machine, never for the network.
servers[1]?.listen(Number(adminPort), '127.0.0.1');
process.once('SIGTERM', () => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});
