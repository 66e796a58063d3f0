import { describe, expect, it } from '@jest/globals';
import { someTimeMs } from '../../../builders/manual-clock.ts';
import { measureOf, pod, podContainer } from '../../../builders/workload.ts';

const cpu = { kind: 'Usage', resource: 'CPU' } as const;
const memory = { kind: 'Usage', resource: 'Memory' } as const;

function used(name: string, changes: object = {}) {
  return { pod: name, atMs: someTimeMs - 15_000, cpu: 0.5, memory: 2 ** 29, ...changes };
}

describe('use of requests', () => {
  it('is that of all pods together', () => {
    const usage = [used('a', { cpu: 1.9 }), used('b', { cpu: 0.1, atMs: someTimeMs - 20_000 }), used('stranger', { cpu: 9 })];
    expect(measureOf(cpu, { usage })).toMatchObject({ value: 100, sampleCount: 2, dataTimeMs: someTimeMs - 20_000 });
    expect(measureOf(memory, { usage })).toMatchObject({ value: 50, computation: { statistic: 'MemoryOfRequestsPercent' } });
  });

  it('counts against what the pod as a whole requests, where it says so', () => {
    const requests = { cpu: 2, memory: null };
    const pods = [pod('a', { requests, containers: [podContainer({ requests: { cpu: null, memory: 2 ** 30 } })] })];
    expect(measureOf(cpu, { pods, usage: [used('a')] })).toMatchObject({ value: 25 });
    expect(measureOf(memory, { pods, usage: [used('a')] })).toMatchObject({ value: 50 });
  });

  it.each([null, 0])('is not known where a container requests %s', (requested) => {
    const containers = [podContainer(), podContainer({ name: 'proxy', requests: { cpu: requested, memory: 1 } })];
    const state = { pods: [pod('a', { containers: requested === 0 ? containers.slice(1) : containers })], usage: [used('a')] };
    expect(measureOf(cpu, state)).toMatchObject({
      cause: 'Incomparable',
      remedy: 'Write resources.requests.cpu on each container of the workload.',
    });
  });

  it('is not known while one running pod has no metrics: what it uses could be anything', () => {
    expect(measureOf(cpu, { usage: [used('a')] })).toMatchObject({ cause: 'Empty', message: 'the metrics API says nothing of pod b' });
  });

  it.each([NaN, Infinity, -1])('is not known where a pod uses %s', (value) => {
    expect(measureOf(cpu, { usage: [used('a'), used('b', { cpu: value })] })).toMatchObject({ cause: 'NotANumber' });
  });
});
