import type { Pod } from './facts.ts';
import { gap, listing, reading, type WorkloadResult } from './reading.ts';

/** How a pod shows that it runs what was approved. */
export interface Approval {
  /** Null: the label is not looked at. */
  readonly versionLabel: string | null;
  readonly isByDigest: boolean;
  /** Container whose image is compared; null: the first one. */
  readonly container: string | null;
}

export interface ApprovedArtifact {
  readonly version: string;
  /** Null: not written on the ModelRisk. */
  readonly imageDigest: string | null;
}

/** Running pods that do not show the version, or the image, that the ModelRisk says is under guard. Who shows nothing is not approved. */
export function readUnapprovedPods(pods: readonly Pod[], approval: Approval, artifact: ApprovedArtifact): WorkloadResult {
  if (approval.isByDigest && artifact.imageDigest === null)
    return gap(
      'Incomparable',
      'spec.model.imageDigest is not written, so no image can be compared with it',
      'Write spec.model.imageDigest.',
    );
  const unapproved = pods.flatMap((pod) => {
    const reason = objection(pod, approval, artifact);
    return reason === null ? [] : [`pod ${pod.name} ${reason}`];
  });
  return reading(unapproved.length, {
    sampleCount: pods.length,
    computation: { statistic: 'UnapprovedPods', parameters: {}, counts: { pods: [unapproved.length, pods.length] } },
    detail: listing(unapproved),
  });
}

function objection(pod: Pod, { versionLabel, isByDigest, container }: Approval, artifact: ApprovedArtifact): string | null {
  if (versionLabel !== null) {
    const version = Object.hasOwn(pod.labels, versionLabel) ? pod.labels[versionLabel] : undefined;
    if (version === undefined) return `has no label ${versionLabel}`;
    if (version !== artifact.version) return `is labelled version ${version}, not ${artifact.version}`;
  }
  if (!isByDigest) return null;
  const found = container === null ? pod.containers[0] : pod.containers.find(({ name }) => name === container);
  if (found === undefined) return `has no container ${container ?? ''}`.trimEnd();
  const digest = digestOf(found.imageID);
  if (digest === null) return `does not report which image ${found.name} runs`;
  return digest === artifact.imageDigest ? null : `runs image ${digest.slice(0, 19)}… in ${found.name}`;
}

/** Runtimes write `repository@sha256:...`, some with a scheme before it. */
function digestOf(imageID: string | null): string | null {
  return /(?:^|[@/])(sha256:[0-9a-f]{64})$/.exec(imageID ?? '')?.[1] ?? null;
}
