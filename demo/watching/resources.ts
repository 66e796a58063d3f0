import type { Resource } from '../../testbed/api-client.ts';

/** What the demo looks at, and where. */
export const triggerIndicator = 'score-drift';
export const namespace = 'employment';
export const candidateVersion = '2.0.0';
export const safeVersion = '1.0.0';
export const operatorUser = 'system:serviceaccount:modelrisk-system:modelrisk-operator';

const own = (plural: string): Resource => ({ group: 'modelrisk.dev', version: 'v1alpha1', plural });

export const resources = {
  routes: { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes' },
  flags: { group: 'core.openfeature.dev', version: 'v1beta1', plural: 'featureflags' },
  risks: own('modelrisks'),
  plans: own('mitigationplans'),
  incidents: own('riskincidents'),
} as const satisfies Readonly<Record<string, Resource>>;
