/**
 * One version of the employment model behind HTTP.
 *   node demo/model-server.ts --role candidate|safe --version 2.0.0 --host 10.244.0.1 --port 8082 --admin-port 9082
 */
import { parseArgs } from 'node:util';

import { createSystemClock } from '../src/kube/system-clock.ts';
import { listen } from './serving/listen.ts';
import { createServedModel } from './serving/served-model.ts';

const { values } = parseArgs({
  options: {
    role: { type: 'string' },
    version: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string' },
    'admin-port': { type: 'string' },
  },
});
const { role, version, host, port, 'admin-port': adminPort } = values;
if (version === undefined || port === undefined || adminPort === undefined) {
  throw new Error('model-server needs --role, --version, --port and --admin-port');
}
if (role !== 'candidate' && role !== 'safe') throw new Error(`--role must be candidate or safe, not ${String(role)}`);
const model = createServedModel({ role, version, clock: createSystemClock() });
const listening = await listen(model, { host, port: Number(port), adminPort: Number(adminPort) });
process.once('SIGTERM', () => {
  listening.stop();
});
