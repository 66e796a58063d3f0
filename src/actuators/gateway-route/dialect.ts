import type { Constraint } from '../../core/model/constraint.ts';
import type { Target } from '../../core/model/target.ts';
import { rejectClaim } from '../actuation.ts';
import { describeObject } from '../metadata.ts';
import type { RejectedClaim } from '../port.ts';
import type { InspectionInput, RouteClaim, RouteDialect } from '../weighted-route/dialect.ts';
import { gatewayGrammar, serviceID } from './grammar.ts';
import { controllerNames, mirrorPercentKept } from './parents.ts';

export type GatewayRouteTarget = Extract<Target, { kind: 'HTTPRoute' | 'GRPCRoute' }>;

/**
 * Gateway controllers seen to mirror only the asked share of requests of a route of this kind. Conditions do not tell: one that ignores
 * `percent` still says Accepted (Contour, `projectcontour.io/gateway-controller`, mirrors everything). Unknown counts as unable.
 */
const keepers: Readonly<Record<GatewayRouteTarget['kind'], ReadonlySet<string>>> = {
  HTTPRoute: new Set(['gateway.envoyproxy.io/gatewayclass-controller']),
  GRPCRoute: new Set(),
};

/** What claims on one kind of Gateway API route ask for. Mirror-all stands in for a percentage only where their plan says so. */
export function gatewayDialect(targetKind: GatewayRouteTarget['kind']): RouteDialect {
  const percentSupported = ({ live, intent }: InspectionInput): boolean =>
    mirrorPercentKept(live, keepers[targetKind]) && !intent.percentPruned;
  return {
    grammar: gatewayGrammar,
    endsOf(target) {
      if (target.kind !== targetKind) return null;
      const { candidate, safe } = target;
      return {
        candidate: { id: serviceID(candidate), ...candidate },
        safe: { id: serviceID(safe), ...safe, written: { name: safe.service, port: safe.port } },
      };
    },
    constraintsOf({ target, constraints }, input) {
      const mirrorAll = target.kind === targetKind && target.whenPercentUnsupported === 'MirrorAll';
      if (!mirrorAll || percentSupported(input)) return constraints;
      return constraints.map((constraint): Constraint =>
        asksForPercent(constraint) ? { kind: 'Shadow', mirrorPercent: 100 } : constraint,
      );
    },
    inspectRules: () => null,
    inspectMirror: (claim, input) =>
      !claim.constraints.some(asksForPercent) || percentSupported(input) ? null : refusePercent(claim, input),
  };
}

function refusePercent(claim: RouteClaim, input: InspectionInput): RejectedClaim {
  const why = input.intent.percentPruned
    ? 'its CRD drops the field (Gateway API before 1.3)'
    : `its controller (${controllerNames(input.live)}) is not known to keep it`;
  const message = `${describeObject(input.live)} can't mirror a percentage: ${why}. Mirror 100 percent, or set whenPercentUnsupported: MirrorAll.`;
  return rejectClaim(claim.claim, 'MirrorPercentUnsupported', message);
}

function asksForPercent(constraint: Constraint): boolean {
  return constraint.kind === 'Shadow' && constraint.mirrorPercent > 0 && constraint.mirrorPercent < 100;
}
