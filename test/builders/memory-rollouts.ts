import type { JSONValue } from '../../src/shared/json.ts';
import { reportOf } from '../../testbed/rollouts-stand-in.ts';
import type { MemoryAPI } from './memory-api.ts';

/** What the controller of Argo Rollouts would report; no step ends but by `finishStep`. */
export function followRollouts(api: MemoryAPI): void {
  for (const object of api.list('rollouts')) api.setStatus('rollouts', object.metadata.name, jsonOf(reportOf(object, { finished: false })));
}

function jsonOf(value: object): JSONValue {
  return JSON.parse(JSON.stringify(value)) as JSONValue;
}

/** What the step of a Rollout in memory waits for is over. */
export function finishStep(api: MemoryAPI, name: string): void {
  const object = api.get('rollouts', name);
  if (object === null) throw new Error(`no Rollout ${name}`);
  api.setStatus('rollouts', name, jsonOf(reportOf(object, { finished: true })));
}
