import { describe, expect, it } from '@jest/globals';
import { imageDigest, measureOf, otherDigest, pod, podContainer } from '../../../builders/workload.ts';

const byLabel = { kind: 'UnapprovedPods', versionLabel: 'app.kubernetes.io/version', isByDigest: false, container: null } as const;
const byDigest = { kind: 'UnapprovedPods', versionLabel: null, isByDigest: true, container: null } as const;
const approved = { artifact: { version: '2.3.0', imageDigest } };

function running(imageID: string | null) {
  return { pods: [pod('a'), pod('b', { containers: [podContainer({ imageID })] })] };
}

describe('unapproved pods, by label', () => {
  it('are none where all carry the version', () => {
    expect(measureOf(byLabel)).toMatchObject({ value: 0, sampleCount: 2, detail: '' });
  });

  it('are those that carry another version, or none', () => {
    const labels = { app: 'credit-v2', 'pod-template-hash': 'abc' };
    const pods = [pod('a'), pod('b', { labels: { ...labels, 'app.kubernetes.io/version': '2.4.0' } }), pod('c', { labels })];
    expect(measureOf(byLabel, { pods })).toMatchObject({
      value: 2,
      sampleCount: 3,
      detail: 'pod b is labelled version 2.4.0, not 2.3.0; pod c has no label app.kubernetes.io/version',
    });
  });

  it('do not count where they do not run', () => {
    const pods = [pod('a'), pod('b', { isRunning: false, labels: { app: 'credit-v2', 'pod-template-hash': 'abc' } })];
    expect(measureOf(byLabel, { pods })).toMatchObject({ value: 0, sampleCount: 1 });
  });

  it('are not known where none runs', () => {
    expect(measureOf(byLabel, { pods: [pod('a', { isRunning: false })] })).toMatchObject({ cause: 'Empty' });
  });
});

describe('unapproved pods, by image', () => {
  it.each([
    [`docker-pullable://models/credit@${imageDigest}`, 0],
    [imageDigest, 0],
    [`models/credit@${otherDigest}`, 1],
    [`models/credit@${imageDigest}0`, 1],
    ['models/credit:2.3.0', 1],
    ['', 1],
    [null, 1],
  ])('reads %s', (imageID, value) => {
    expect(measureOf(byDigest, running(imageID), approved)).toMatchObject({ value, sampleCount: 2 });
  });

  it('say which image runs where', () => {
    expect(measureOf(byDigest, running(`models/credit@${otherDigest}`), approved)).toMatchObject({
      detail: 'pod b runs image sha256:bbbbbbbbbbbb… in server',
    });
  });

  it('compare the container that is named, and take one that is not there for unapproved', () => {
    const containers = [podContainer({ name: 'proxy', imageID: otherDigest }), podContainer()];
    const pods = [pod('a', { containers }), pod('b', { containers: [podContainer({ name: 'proxy' })] })];
    expect(measureOf({ ...byDigest, container: 'server' }, { pods }, approved)).toMatchObject({
      value: 1,
      detail: 'pod b has no container server',
    });
    expect(measureOf(byDigest, { pods }, approved)).toMatchObject({ value: 1, detail: expect.stringContaining('in proxy') });
  });

  it('need both proofs where both are asked for', () => {
    const both = { ...byLabel, isByDigest: true };
    expect(measureOf(both, running(otherDigest), approved)).toMatchObject({ value: 1 });
    expect(measureOf(both, running(imageDigest), { artifact: { version: '2.4.0', imageDigest } })).toMatchObject({ value: 2 });
  });

  it('are not known where the ModelRisk has no digest to compare with', () => {
    expect(measureOf(byDigest)).toMatchObject({ cause: 'Incomparable', remedy: 'Write spec.model.imageDigest.' });
  });
});
