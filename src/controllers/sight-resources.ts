import type { ResourceType } from '../kube/kube-object.ts';
import type { ClusterFacts, ClusterKind } from '../signals/cluster/port.ts';
import { toPod } from '../signals/cluster/pod-fact.ts';
import { toPolicyReport, toVulnerabilityReport } from '../signals/cluster/report-fact.ts';
import { toDisruptionBudget, toNetworkPolicy } from '../signals/cluster/selector-fact.ts';
import { toWorkload } from '../signals/cluster/workload-fact.ts';

export interface SightResource<Fact> {
  readonly resource: ResourceType;
  /** Others are neither listed nor watched. */
  readonly labelSelector?: string;
  readonly toFact: (object: unknown) => Fact;
}

function resource(apiVersion: string, kind: string, plural: string): ResourceType {
  const [group = '', version] = apiVersion.split('/');
  return version === undefined
    ? { group: '', version: group, kind, plural, namespaced: true }
    : { group, version, kind, plural, namespaced: true };
}

/** Where each kind is served, and what is kept of it. */
export const sightResources: { readonly [Kind in ClusterKind]: SightResource<ClusterFacts[Kind]> } = {
  Deployment: { resource: resource('apps/v1', 'Deployment', 'deployments'), toFact: toWorkload('Deployment') },
  StatefulSet: { resource: resource('apps/v1', 'StatefulSet', 'statefulsets'), toFact: toWorkload('StatefulSet') },
  Pod: { resource: resource('v1', 'Pod', 'pods'), toFact: toPod },
  PodDisruptionBudget: { resource: resource('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'), toFact: toDisruptionBudget },
  NetworkPolicy: { resource: resource('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'), toFact: toNetworkPolicy },
  VulnerabilityReport: {
    resource: resource('aquasecurity.github.io/v1alpha1', 'VulnerabilityReport', 'vulnerabilityreports'),
    toFact: toVulnerabilityReport,
  },
  PolicyReport: { resource: resource('wgpolicyk8s.io/v1alpha2', 'PolicyReport', 'policyreports'), toFact: toPolicyReport },
  Report: { resource: resource('openreports.io/v1alpha1', 'Report', 'reports'), toFact: toPolicyReport },
};

export const podMetrics: ResourceType = resource('metrics.k8s.io/v1beta1', 'PodMetrics', 'pods');
