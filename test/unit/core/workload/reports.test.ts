import { describe, expect, it } from '@jest/globals';
import type { FindingResult, Severity } from '../../../../src/core/workload/facts.ts';
import { someTimeMs } from '../../../builders/manual-clock.ts';
import { containerTemplate, finding, measureOf, pod, policyReport, vulnerabilityReport, workload } from '../../../builders/workload.ts';

const vulnerabilities = { kind: 'Vulnerabilities', severities: ['Critical', 'High'] as readonly Severity[] } as const;
const findings = {
  kind: 'PolicyFindings',
  severities: ['Critical', 'High'] as readonly Severity[],
  results: ['Fail'] as readonly FindingResult[],
} as const;

const newSet = pod('c', {
  labels: { app: 'credit-v2', 'pod-template-hash': 'def' },
  owner: { kind: 'ReplicaSet', name: 'credit-v2-def' },
});

describe('vulnerabilities', () => {
  it('are those of the listed severities, by container', () => {
    const vulnerabilityReports = [vulnerabilityReport({ Critical: 2, High: 3, Medium: 50, Unknown: 7 })];
    expect(measureOf(vulnerabilities, { vulnerabilityReports })).toMatchObject({
      value: 5,
      sampleCount: 1,
      detail: '2 Critical, 3 High in container server of Deployment credit-v2',
      computation: { counts: { Critical: [2], High: [3] } },
      dataTimeMs: someTimeMs - 3_600_000,
    });
  });

  it('are 0 only where somebody looked', () => {
    expect(measureOf(vulnerabilities, { vulnerabilityReports: [vulnerabilityReport({})] })).toMatchObject({ value: 0 });
    expect(measureOf(vulnerabilities)).toMatchObject({
      cause: 'Empty',
      message: 'there is no VulnerabilityReport about container server of ReplicaSet credit-v2-abc',
    });
  });

  it('are not known while one container, or one ReplicaSet that runs, was not scanned', () => {
    const vulnerabilityReports = [vulnerabilityReport({})];
    const two = workload({ containers: [containerTemplate(), containerTemplate({ name: 'proxy' })] });
    expect(measureOf(vulnerabilities, { vulnerabilityReports, workloads: [two] })).toMatchObject({ cause: 'Empty' });
    expect(measureOf(vulnerabilities, { vulnerabilityReports, pods: [pod('a'), newSet] })).toMatchObject({
      message: expect.stringContaining('credit-v2-def'),
    });
  });

  it('are the worst of what runs in a rolling update, as old as the oldest scan', () => {
    const next = vulnerabilityReport({ High: 1 }, { owner: { kind: 'ReplicaSet', name: 'credit-v2-def' }, updatedAtMs: someTimeMs });
    const vulnerabilityReports = [vulnerabilityReport({ Critical: 2, High: 3 }), next];
    expect(measureOf(vulnerabilities, { vulnerabilityReports, pods: [pod('a'), newSet] })).toMatchObject({
      value: 5,
      dataTimeMs: someTimeMs - 3_600_000,
    });
  });

  it('of a ReplicaSet that runs no more do not count', () => {
    const old = vulnerabilityReport({ Critical: 9 }, { owner: { kind: 'ReplicaSet', name: 'credit-v2-old' } });
    expect(measureOf(vulnerabilities, { vulnerabilityReports: [old, vulnerabilityReport({})] })).toMatchObject({ value: 0 });
  });

  it('count once where a scan was repeated: the newest says', () => {
    const older = vulnerabilityReport({ Critical: 4 }, { name: 'older', updatedAtMs: someTimeMs - 7_200_000 });
    expect(measureOf(vulnerabilities, { vulnerabilityReports: [older, vulnerabilityReport({ Critical: 1 }), older] })).toMatchObject({
      value: 1,
    });
  });

  it('of a StatefulSet are reported about itself', () => {
    const workloads = [workload({ kind: 'StatefulSet' })];
    const owner = { kind: 'StatefulSet', name: 'credit-v2' };
    const state = { workloads, vulnerabilityReports: [vulnerabilityReport({ Critical: 1 }, { owner })] };
    expect(measureOf(vulnerabilities, state, { references: [{ kind: 'StatefulSet', name: 'credit-v2' }] })).toMatchObject({ value: 1 });
  });

  it.each([
    ['without a summary', vulnerabilityReport(null)],
    ['without a time', vulnerabilityReport({}, { updatedAtMs: null })],
  ])('are not known from a report %s', (_what, report) => {
    expect(measureOf(vulnerabilities, { vulnerabilityReports: [report] })).toMatchObject({ cause: 'Incomparable' });
  });

  it('are not known of a Deployment none of whose pods runs', () => {
    expect(measureOf(vulnerabilities, { pods: [], vulnerabilityReports: [vulnerabilityReport({})] })).toMatchObject({ cause: 'Empty' });
  });
});

describe('findings of policies', () => {
  it('are those of the listed results and severities', () => {
    const all = [
      finding(),
      finding({ policy: 'other', severity: 'Medium' }),
      finding({ policy: 'passed', result: 'Pass' }),
      finding({ policy: 'unrated', severity: 'Unknown' }),
    ];
    expect(measureOf(findings, { policyReports: [policyReport(all)] })).toMatchObject({
      value: 1,
      sampleCount: 4,
      detail: 'require-probes probes of Deployment credit-v2',
      computation: { counts: { Critical: [0], High: [1] } },
      dataTimeMs: someTimeMs - 60_000,
    });
  });

  it('count once, on whichever objects of the workload the engine reports them', () => {
    const onPods = policyReport([finding()], { scope: { kind: 'Pod', name: 'a' } });
    const onOwner = policyReport([finding({ rule: 'autogen-probes' })]);
    const listed = policyReport([finding({ about: [{ kind: 'Pod', name: 'b' }] })], { scope: null });
    const policyReports = [onPods, onOwner, listed, policyReport([finding({ rule: 'autogen-cronjob-probes' })])];
    expect(measureOf(findings, { policyReports })).toMatchObject({ value: 1, sampleCount: 1 });
  });

  it('about other objects do not count, and no report about the workload is no data', () => {
    const stranger = policyReport([finding()], { scope: { kind: 'Deployment', name: 'other' } });
    const mixed = policyReport([finding({ about: [{ kind: 'Pod', name: 'x' }] })], { scope: null });
    expect(measureOf(findings, { policyReports: [stranger, mixed] })).toMatchObject({
      cause: 'Empty',
      message: expect.stringContaining('no policy report'),
    });
    expect(measureOf(findings, { policyReports: [stranger, policyReport([])] })).toMatchObject({ value: 0, sampleCount: 0 });
  });

  it('are as old as the oldest report that was used', () => {
    const policyReports = [policyReport([finding()]), policyReport([], { updatedAtMs: someTimeMs - 900_000 })];
    expect(measureOf(findings, { policyReports })).toMatchObject({ dataTimeMs: someTimeMs - 900_000 });
  });

  it.each([
    ['a severity nobody knows', policyReport([finding({ severity: null })])],
    ['a result nobody knows', policyReport([finding({ result: null })])],
    ['no time', policyReport([finding()], { updatedAtMs: null })],
  ])('are not known from a report with %s', (_what, report) => {
    expect(measureOf(findings, { policyReports: [report] })).toMatchObject({ cause: 'Incomparable' });
  });
});
