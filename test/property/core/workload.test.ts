import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judge } from '../../../src/core/judge.ts';
import type { Observation } from '../../../src/core/model/observation.ts';
import type { Finding, Pod, PodContainer, Severity, VulnerabilityReport, Workload } from '../../../src/core/workload/facts.ts';
import { measureWorkloads, type ClusterState, type WorkloadMeasure } from '../../../src/core/workload/measure.ts';
import { postureChecks } from '../../../src/core/workload/posture.ts';
import type { WorkloadResult } from '../../../src/core/workload/reading.ts';
import { anIndicator } from '../../builders/core.ts';
import { someTimeMs } from '../../builders/manual-clock.ts';
import {
  clusterState,
  containerTemplate,
  finding,
  imageDigest,
  measured,
  pod,
  podContainer,
  policyReport,
  vulnerabilityReport,
  workload,
} from '../../builders/workload.ts';

/** Few names, some of them odd, so that they collide. */
const name = fc.constantFrom('credit-v2', 'a', 'b', '__proto__', 'größe-模型', '');
const number = fc.oneof(fc.nat(5), fc.constantFrom(NaN, Infinity, -1, 0.5, 1e300));
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const owner = fc.oneof(
  fc.constant({ kind: 'ReplicaSet', name: 'credit-v2-abc' }),
  fc.record({ kind: fc.constantFrom('ReplicaSet', 'StatefulSet', 'Deployment', 'Pod', ''), name }),
);
/** Most belong together: else nothing would ever come to a value. */
const labels = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ app: 'credit-v2', 'pod-template-hash': 'abc', version: '2.3.0' }) },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.constantFrom('app', 'pod-template-hash', 'version'), fc.constantFrom('credit-v2', 'abc', '2.3.0', '')),
  },
);
const severity = fc.constantFrom<Severity>('Critical', 'High', 'Medium', 'Low', 'Info', 'Unknown');
const few = { maxLength: 4 };

const workloads: fc.Arbitrary<Workload> = fc
  .record({
    kind: fc.constantFrom('Deployment' as const, 'StatefulSet' as const),
    name: fc.oneof(name, fc.constant('credit-v2')),
    observedGeneration: fc.oneof(fc.constant(3), maybe(fc.nat(4))),
    desired: number,
    ready: number,
    labels,
    containers: fc.array(
      name.map((each) => containerTemplate({ name: each })),
      few,
    ),
  })
  .map(workload);

const containers: fc.Arbitrary<PodContainer> = fc
  .record({
    name,
    requests: fc.record({ cpu: maybe(number), memory: maybe(number) }),
    imageID: maybe(fc.string()),
    restarts: number,
    endedAtMs: maybe(number),
  })
  .map(podContainer);

const pods: fc.Arbitrary<Pod> = fc
  .record({ labels, owner: maybe(owner), isRunning: fc.boolean(), createdAtMs: number, containers: fc.array(containers, few) })
  .chain((changes) => name.map((each) => pod(each, changes)));

const counts = maybe(fc.record({ Critical: fc.nat(9), High: fc.nat(9) }));
const reports: fc.Arbitrary<VulnerabilityReport> = fc
  .record({ counts, owner, container: name, updatedAtMs: maybe(fc.nat()) })
  .map(({ counts: each, ...changes }) => vulnerabilityReport(each, changes));

const findings: fc.Arbitrary<Finding> = fc
  .record({
    policy: name,
    rule: name,
    severity: maybe(severity),
    result: maybe(fc.constantFrom('Pass' as const, 'Fail' as const)),
    about: fc.array(owner, { maxLength: 2 }),
  })
  .map(finding);

const states: fc.Arbitrary<ClusterState> = fc
  .record({
    workloads: fc.array(workloads, few),
    pods: fc.array(pods, few),
    usage: fc.array(fc.record({ pod: name, atMs: number, cpu: number, memory: number }), few),
    vulnerabilityReports: fc.array(reports, few),
    policyReports: fc.array(
      fc
        .record({ findings: fc.array(findings, few), scope: maybe(owner), updatedAtMs: maybe(fc.nat()) })
        .map((each) => policyReport(each.findings, each)),
      few,
    ),
  })
  .map(clusterState);

const measures: readonly WorkloadMeasure[] = [
  { kind: 'UnreadyReplicas' },
  { kind: 'Restarts' },
  { kind: 'UnapprovedPods', versionLabel: 'version', isByDigest: true, container: null },
  { kind: 'Usage', resource: 'CPU' },
  { kind: 'Posture', checks: postureChecks, logging: { containers: [], environment: [], annotations: [] } },
  { kind: 'Vulnerabilities', severities: ['Critical', 'High'] },
  { kind: 'PolicyFindings', severities: ['Critical', 'High'], results: ['Fail'] },
];
const measure = fc.constantFrom(...measures);
const artifact = { version: '2.3.0', imageDigest };
const references = fc.oneof(
  fc.constant([{ kind: 'Deployment' as const, name: 'credit-v2' }]),
  fc.array(fc.record({ kind: fc.constantFrom('Deployment' as const, 'StatefulSet' as const), name }), few),
);

function verdictOf(read: WorkloadResult): string {
  const source = { provider: 'cluster', query: '', queriedAtMs: someTimeMs };
  const observation: Observation = read.ok
    ? { kind: 'Value', ...read.value, dataTimeMs: read.value.dataTimeMs ?? someTimeMs, noiseFloor: null, windowSeconds: 1, source }
    : { kind: 'NoData', ...read.failure, source };
  const indicator = anIndicator({ threshold: { direction: 'Above', warn: null, breach: 0, clear: 0, severe: null }, minSamples: null });
  const identity = { namespace: 'lending', model: 'credit', version: '2.3.0' };
  return judge({ indicator, identity, served: 'Live', observation, nowMs: someTimeMs }).verdict;
}

describe('whatever a namespace holds', () => {
  it('a measure is a finite value that is not negative with what it was counted from, or a gap that says why and what to do', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(measure, states, references, (each, state, refs) => {
        const read = measureWorkloads(each, state, measured({ references: refs, artifact }));
        if (!read.ok) {
          for (const text of [read.failure.message, read.failure.remedy]) expect(text).toMatch(/\S/);
          return;
        }
        const { value, sampleCount, interval, computation } = read.value;
        seen.add(each.kind);
        expect(Number.isFinite(value) && value >= 0 && sampleCount >= 0).toBe(true);
        expect(Object.keys(computation.counts).length).toBeGreaterThan(0);
        if (interval !== null) expect(interval.low <= value && value <= interval.high).toBe(true);
      }),
      // One seed, so that what is asserted of the drawing itself below stays so.
      { numRuns: 4000, seed: 1 },
    );
    expect([...seen].sort()).toEqual(measures.map(({ kind }) => kind).sort());
  });

  it('is never Ok where a workload that is named is not there', () => {
    fc.assert(
      fc.property(measure, states, (each, state) => {
        const read = measureWorkloads(each, state, measured({ references: [{ kind: 'Deployment', name: 'nobody' }] }));
        expect(verdictOf(read)).toBe('NoData');
      }),
    );
  });

  it('says the same in whichever order it is listed, but for which names come first', () => {
    const reversed = (state: ClusterState): ClusterState => ({
      ...state,
      pods: state.pods.toReversed(),
      usage: state.usage,
      policyReports: state.policyReports.toReversed(),
    });
    fc.assert(
      fc.property(measure, states, references, (each, state, refs) => {
        const [there, back] = [state, reversed(state)].map((one) => measureWorkloads(each, one, measured({ references: refs })));
        expect(there?.ok).toBe(back?.ok);
        if (there?.ok !== true || back?.ok !== true) return;
        expect(back.value.value).toBeCloseTo(there.value.value, 9);
      }),
    );
  });

  it('counts no report twice', () => {
    fc.assert(
      fc.property(measure, states, (each, state) => {
        const doubled = {
          ...state,
          vulnerabilityReports: [...state.vulnerabilityReports, ...state.vulnerabilityReports],
          policyReports: [...state.policyReports, ...state.policyReports],
        };
        const [once, twice] = [state, doubled].map((one) => measureWorkloads(each, one, measured()));
        expect(twice?.ok === true ? twice.value.value : twice?.failure.cause).toEqual(
          once?.ok === true ? once.value.value : once?.failure.cause,
        );
      }),
    );
  });
});

it('one pod more of another version is one more unapproved', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.nat(20), (good, bad) => {
      const of = (count: number, version: string) =>
        Array.from({ length: count }, (_, index) => pod(`${version}-${String(index)}`, { labels: { ...pod('a').labels, version } }));
      const read = measureWorkloads(
        { kind: 'UnapprovedPods', versionLabel: 'version', isByDigest: false, container: null },
        clusterState({ pods: [...of(good, '2.3.0'), ...of(bad, '2.4.0')] }),
        measured(),
      );
      if (good + bad === 0) expect(verdictOf(read)).toBe('NoData');
      else expect(verdictOf(read)).toBe(bad > 0 ? 'Breach' : 'Ok');
    }),
  );
});

it('reads a namespace of 100,000 pods', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => pod(`p${String(index)}`));
  for (const each of measures) {
    const read = measureWorkloads(
      each,
      clusterState({ pods: many, workloads: [workload({ desired: 100_000, ready: 99_000 })] }),
      measured(),
    );
    expect(read.ok ? read.value.value : read.failure.cause).toBeDefined();
  }
  const unready = measureWorkloads(
    { kind: 'UnreadyReplicas' },
    clusterState({ workloads: [workload({ desired: 100_000, ready: 99_000 })] }),
    measured(),
  );
  expect(unready).toMatchObject({ ok: true, value: { value: 1 } });
});
