import { createActuator } from '../actuation.ts';
import { describeObject } from '../metadata.ts';
import type { Actuator } from '../port.ts';
import { routeChangesSchema, routeTargetSchema } from './changes.ts';
import { routeAccepted } from './gateway.ts';
import { intentOf } from './intent.ts';
import { settleRoute } from './settle.ts';

/** Gateway API HTTPRoute: Cap moves weights, Shadow also mirrors; one journal, whatever the number of rules and plans. */
export const httpRouteActuator: Actuator = createActuator({
  targetKind: 'HTTPRoute',
  resource: {
    group: 'gateway.networking.k8s.io',
    version: 'v1',
    plural: 'httproutes',
    kind: 'HTTPRoute',
    comesWith: 'the Gateway API (1.0 or newer, standard channel)',
  },
  targetSchema: routeTargetSchema,
  changesSchema: routeChangesSchema,
  intentOf,
  settle: settleRoute,
  notKept: (live, changes) =>
    intentOf(live, { ...changes, percentPruned: false }).percentPruned
      ? `${describeObject(live)} lost the percent of its mirror: the CRD drops the field (Gateway API before 1.3), so all requests are copied.`
      : null,
  accepted: (live) => routeAccepted(live),
});
