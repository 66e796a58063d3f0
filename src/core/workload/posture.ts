import { assertNever } from '../../shared/assert-never.ts';
import type { ContainerTemplate, PodRule, Workload } from './facts.ts';
import { titleOf } from './belonging.ts';
import { gap, listing, reading, type WorkloadResult } from './reading.ts';
import { selects } from './selector.ts';

export const postureChecks = [
  'NonRoot',
  'ImagesByDigest',
  'MemoryLimits',
  'Probes',
  'Replicas',
  'DisruptionBudget',
  'NetworkPolicy',
  'PredictionLogging',
] as const;

export type PostureCheck = (typeof postureChecks)[number];

/** Any one of these on a workload shows that its predictions are logged. */
export interface LoggingMarks {
  readonly containers: readonly string[];
  readonly environment: readonly string[];
  readonly annotations: readonly string[];
}

export interface PostureQuestion {
  readonly checks: readonly PostureCheck[];
  readonly logging: LoggingMarks;
}

export interface PodRules {
  readonly disruptionBudgets: readonly PodRule[];
  readonly networkPolicies: readonly PodRule[];
}

/** Checks that fail, over all workloads of the model; a check that fails in two workloads counts twice. */
export function readPosture(workloads: readonly Workload[], { checks, logging }: PostureQuestion, rules: PodRules): WorkloadResult {
  const bare = workloads.find(({ containers }) => containers.length === 0);
  if (bare !== undefined) return gap('Empty', `${titleOf(bare)} has no containers to check`, 'Check its pod template.');
  const results = workloads.flatMap((workload) =>
    checks.map((check) => ({ workload, check, objection: objectionOf(check, workload, { logging, rules }) })),
  );
  const failed = results.flatMap(({ workload, check, objection }) =>
    objection === null ? [] : [`${check} of ${titleOf(workload)}: ${objection}`],
  );
  return reading(failed.length, {
    sampleCount: results.length,
    computation: { statistic: 'Posture', parameters: {}, counts: { checks: [failed.length, results.length] } },
    detail: listing(failed),
  });
}

interface Surroundings {
  readonly logging: LoggingMarks;
  readonly rules: PodRules;
}

/** What speaks against it; null: the check passes. */
function objectionOf(check: PostureCheck, workload: Workload, { logging, rules }: Surroundings): string | null {
  const all = [...workload.containers, ...workload.sidecars];
  switch (check) {
    case 'NonRoot':
      return unless(all, ({ security: { runAsNonRoot, user } }) => runAsNonRoot === true || (user !== null && user > 0), 'may run as root');
    case 'ImagesByDigest':
      return unless(all, ({ image }) => /@sha256:[0-9a-f]{64}$/.test(image), 'names its image by a tag');
    case 'MemoryLimits':
      return unless(all, ({ limits }) => limits.memory !== null && limits.memory > 0, 'has no memory limit');
    case 'Probes':
      return unless(
        workload.containers,
        ({ hasReadinessProbe, hasLivenessProbe }) => hasReadinessProbe && hasLivenessProbe,
        'lacks a readiness or a liveness probe',
      );
    case 'Replicas':
      return workload.desired >= 2 ? null : `desires ${String(workload.desired)} of at least 2 replicas`;
    case 'DisruptionBudget':
      return isSelected(workload, rules.disruptionBudgets) ? null : 'no PodDisruptionBudget selects its pods';
    case 'NetworkPolicy':
      return isSelected(workload, rules.networkPolicies) ? null : 'no NetworkPolicy selects its pods';
    case 'PredictionLogging':
      return isLogging(workload, logging) ? null : 'nothing shows that its predictions are logged';
    default:
      return assertNever(check);
  }
}

function unless(containers: readonly ContainerTemplate[], passes: (container: ContainerTemplate) => boolean, fault: string): string | null {
  const names = containers.filter((container) => !passes(container)).map(({ name }) => name);
  return names.length === 0 ? null : `${names.join(', ')} ${fault}`;
}

function isSelected({ labels }: Workload, rules: readonly PodRule[]): boolean {
  return rules.some(({ selector }) => selects(selector, labels));
}

function isLogging({ containers, sidecars, annotations }: Workload, marks: LoggingMarks): boolean {
  return (
    marks.annotations.some((key) => annotations.includes(key)) ||
    [...containers, ...sidecars].some(
      ({ name, environment }) => marks.containers.includes(name) || marks.environment.some((variable) => environment.includes(variable)),
    )
  );
}
