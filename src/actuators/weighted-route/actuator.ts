import type * as z from 'zod';

import type { Target } from '../../core/model/target.ts';
import { createActuator } from '../actuation.ts';
import type { Actuator, Claim, TargetKind, TargetObject, TargetResource, Verification } from '../port.ts';
import { routeChangesSchema } from './changes.ts';
import type { RouteDialect } from './dialect.ts';
import { intentOf } from './intent.ts';
import { proposeRules } from './propose.ts';
import { rolloutAtWork, rollersOn } from './rollers.ts';
import { settleRoute } from './settle.ts';
import { uncappedPaths } from './uncapped.ts';

interface RouteKind {
  readonly targetKind: TargetKind;
  readonly resource: TargetResource;
  readonly targetSchema: z.ZodType<Target>;
  readonly dialect: RouteDialect;
  /** What to say when the API server dropped the percent of a mirror. */
  readonly percentLost: (live: TargetObject) => string;
  readonly accepted: (live: TargetObject, claims: readonly Claim[]) => Exclude<Verification, { kind: 'Verified' }> | null;
}

/** The actuator of one kind of route: Cap moves weights, Shadow also mirrors; one journal, whatever the number of rules and plans. */
export function createRouteActuator({ targetKind, resource, targetSchema, dialect, percentLost, accepted }: RouteKind): Actuator {
  const { grammar } = dialect;
  return createActuator({
    ...{ targetKind, resource, targetSchema, accepted },
    servicesOf: (target, namespace) => {
      const { candidate = null, safe = null } = dialect.endsOf(target, namespace) ?? {};
      return [candidate?.service ?? null, safe?.service ?? null].filter((service) => service !== null);
    },
    changesSchema: routeChangesSchema(grammar),
    intentOf: (live, changes) => intentOf(live, changes, grammar),
    settle: (input) => settleRoute({ ...input, dialect }),
    propose: (live, intent) => proposeRules(live, intent, grammar),
    uncapped: (live, target) => uncappedPaths(live, target, dialect),
    yieldsTo: (live, surroundings) => rolloutAtWork(live, rollersOn(live, targetKind, surroundings)),
    notKept: (live, changes) => (intentOf(live, { ...changes, percentPruned: false }, grammar).percentPruned ? percentLost(live) : null),
  });
}
