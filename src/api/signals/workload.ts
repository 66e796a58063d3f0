import * as z from 'zod';
import type { WorkloadMeasure } from '../../core/workload/measure.ts';
import type { DeepReadonly } from '../deep-readonly.ts';
import { labelKey, name, setList } from '../fields.ts';

const defaultVersionLabel = 'app.kubernetes.io/version';

export const workloadSchema = z
  .object({
    measure: z.enum(['UnreadyReplicasPercent', 'Restarts', 'UnapprovedPods', 'CPUOfRequestsPercent', 'MemoryOfRequestsPercent']).meta({
      description:
        'What is counted over all workloadRefs together. UnreadyReplicasPercent: desired replicas that are not ready. Restarts: container restarts within windowSeconds. UnapprovedPods: running pods that do not show the version or image of spec.model. CPUOfRequestsPercent, MemoryOfRequestsPercent: what the running pods use of what they request, by the metrics API.',
    }),
    approvedBy: setList(z.enum(['VersionLabel', 'ImageDigest']).meta({ description: 'Kind of proof.' }), {
      min: 1,
      max: 2,
      description:
        'How a pod shows that it is approved; with both, both. VersionLabel: versionLabel equals spec.model.version. ImageDigest: the image of container has the digest spec.model.imageDigest. Left out: VersionLabel. For UnapprovedPods only.',
    }).exactOptional(),
    versionLabel: labelKey(
      `Label of the pods that carries the version. Left out: ${defaultVersionLabel}. For UnapprovedPods with approvedBy VersionLabel only.`,
    ).exactOptional(),
    container: name(
      'Container whose image is compared. Left out: the first one. For UnapprovedPods with approvedBy ImageDigest only.',
    ).exactOptional(),
  })
  .meta({ description: 'How what the model runs on is doing, as the cluster itself says it. Needs spec.workloadRefs of the ModelRisk.' });

export const workloadRules = [
  {
    rule: "!has(self.workload) || has(self.windowSeconds) == (self.workload.measure == 'Restarts')",
    fieldPath: '.windowSeconds',
    message: 'restarts are counted in a window, everything else is as it is now: write windowSeconds with measure Restarts only',
  },
  {
    rule: "!has(self.workload) || !has(self.workload.approvedBy) || self.workload.measure == 'UnapprovedPods'",
    fieldPath: '.workload.approvedBy',
    message: 'only UnapprovedPods asks what is approved: leave approvedBy out, or write measure: UnapprovedPods',
  },
  {
    rule: "!has(self.workload) || !has(self.workload.versionLabel) || (self.workload.measure == 'UnapprovedPods' && (!has(self.workload.approvedBy) || 'VersionLabel' in self.workload.approvedBy))",
    fieldPath: '.workload.versionLabel',
    message: 'only UnapprovedPods with approvedBy VersionLabel reads a version: leave versionLabel out',
  },
  {
    rule: "!has(self.workload) || !has(self.workload.container) || (has(self.workload.approvedBy) && 'ImageDigest' in self.workload.approvedBy)",
    fieldPath: '.workload.container',
    message: 'only UnapprovedPods with approvedBy ImageDigest compares images: leave container out',
  },
] as const;

type WorkloadSpec = DeepReadonly<z.output<typeof workloadSchema>>;

export function workloadMeasure({ measure, approvedBy = ['VersionLabel'], versionLabel, container }: WorkloadSpec): WorkloadMeasure {
  switch (measure) {
    case 'UnreadyReplicasPercent':
      return { kind: 'UnreadyReplicas' };
    case 'Restarts':
      return { kind: 'Restarts' };
    case 'CPUOfRequestsPercent':
      return { kind: 'Usage', resource: 'CPU' };
    case 'MemoryOfRequestsPercent':
      return { kind: 'Usage', resource: 'Memory' };
    case 'UnapprovedPods':
      return {
        kind: 'UnapprovedPods',
        versionLabel: approvedBy.includes('VersionLabel') ? (versionLabel ?? defaultVersionLabel) : null,
        isByDigest: approvedBy.includes('ImageDigest'),
        container: container ?? null,
      };
  }
}
