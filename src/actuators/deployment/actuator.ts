import { createActuator } from '../actuation.ts';
import type { Actuator } from '../port.ts';
import { deploymentChangesSchema, deploymentTargetSchema } from './changes.ts';
import { intentOf } from './intent.ts';
import { rolledOut } from './rollout.ts';
import { settleDeployment } from './settle.ts';

/** Deployment: Pin puts the pod template of an earlier revision back, Replicas is a floor under the replicas users want. */
export const deploymentActuator: Actuator = createActuator({
  targetKind: 'Deployment',
  resource: {
    group: 'apps',
    version: 'v1',
    plural: 'deployments',
    kind: 'Deployment',
    comesWith: 'Kubernetes itself',
    clusterRole: 'modelrisk-operator-deployments',
  },
  targetSchema: deploymentTargetSchema,
  changesSchema: deploymentChangesSchema,
  isSealed: true,
  servicesOf: () => [],
  intentOf,
  settle: settleDeployment,
  notKept: () => null,
  accepted: rolledOut,
});
