import type { Constraint } from '../../core/model/constraint.ts';
import type { Target } from '../../core/model/target.ts';
import { rejectClaim } from '../actuation.ts';
import { describeObject } from '../metadata.ts';
import type { RejectedClaim } from '../port.ts';
import type { InspectionInput, RouteClaim, RouteDialect } from '../weighted-route/dialect.ts';
import { gatewayGrammar, serviceID } from './grammar.ts';
import { controllerNames, mirrorPercentKept, reportsAnyOf } from './parents.ts';

export type GatewayRouteTarget = Extract<Target, { kind: 'HTTPRoute' | 'GRPCRoute' }>;

/**
 * Gateway controllers seen to mirror only the asked share of requests of a route of this kind. Conditions do not tell: one that ignores
 * `percent` still says Accepted (Contour, `projectcontour.io/gateway-controller`, mirrors everything). Unknown counts as unable.
 */
const keepers: Readonly<Record<GatewayRouteTarget['kind'], ReadonlySet<string>>> = {
  HTTPRoute: new Set(['gateway.envoyproxy.io/gatewayclass-controller']),
  GRPCRoute: new Set(),
};

/**
 * Gateway controllers whose copies of requests of this kind reach no server, though they say Accepted. Contour (1.33) connects to
 * what it mirrors to by HTTP/1.1 whatever the route's backends speak, and a gRPC server closes that (projectcontour/contour#7277).
 */
const copyless: Readonly<Record<GatewayRouteTarget['kind'], ReadonlySet<string>>> = {
  HTTPRoute: new Set(),
  GRPCRoute: new Set(['projectcontour.io/gateway-controller']),
};

/** What claims on one kind of Gateway API route ask for. Mirror-all stands in for a percentage only where their plan says so. */
export function gatewayDialect(targetKind: GatewayRouteTarget['kind']): RouteDialect {
  const percentSupported = ({ live, intent }: InspectionInput): boolean =>
    mirrorPercentKept(live, keepers[targetKind]) && !intent.percentPruned;
  return {
    grammar: gatewayGrammar,
    backends: 'Services',
    endsOf(target) {
      if (target.kind !== targetKind) return null;
      const { candidate, safe } = target;
      return {
        candidate: { id: serviceID(candidate), ...candidate },
        safe: { id: serviceID(safe), ...safe, written: { name: safe.service, port: safe.port } },
        reach(backend) {
          if (backend === serviceID(candidate)) return 'Candidate';
          // What answers at another port of its pods, and what a safe one would be for that, the plan does not say.
          return backend !== serviceID(safe) && backend.startsWith(`${candidate.service}:`) ? 'Beside' : null;
        },
      };
    },
    constraintsOf({ target, constraints }, input) {
      const mirrorAll = target.kind === targetKind && target.whenPercentUnsupported === 'MirrorAll';
      if (!mirrorAll || percentSupported(input)) return constraints;
      return constraints.map((constraint): Constraint =>
        asksForPercent(constraint) ? { kind: 'Shadow', mirrorPercent: 100 } : constraint,
      );
    },
    whenBeside: 'Where the candidate’s model answers there too, write a target for that port, or take the backend out of the rule.',
    inspectRules: () => null,
    inspectMirror(claim, input) {
      if (!claim.constraints.some(asksForCopies)) return null;
      if (reportsAnyOf(input.live, copyless[targetKind])) return refuseCopies(claim, input);
      return !claim.constraints.some(asksForPercent) || percentSupported(input) ? null : refusePercent(claim, input);
    },
  };
}

function refuseCopies(claim: RouteClaim, { live }: InspectionInput): RejectedClaim {
  const message = `Copies of requests of ${describeObject(live)} reach no server: its controller (${controllerNames(live)}) sends them in a protocol gRPC servers refuse. Write canaryLimit: {maxPercent: 0} instead of shadow.`;
  return rejectClaim(claim.claim, 'MirrorUnsupported', message);
}

function refusePercent(claim: RouteClaim, input: InspectionInput): RejectedClaim {
  const why = input.intent.percentPruned
    ? 'its CRD drops the field (Gateway API before 1.3)'
    : `its controller (${controllerNames(input.live)}) is not known to keep it`;
  const message = `${describeObject(input.live)} can't mirror a percentage: ${why}. Mirror 100 percent, or set whenPercentUnsupported: MirrorAll.`;
  return rejectClaim(claim.claim, 'MirrorPercentUnsupported', message);
}

function asksForCopies(constraint: Constraint): boolean {
  return constraint.kind === 'Shadow' && constraint.mirrorPercent > 0;
}

function asksForPercent(constraint: Constraint): boolean {
  return constraint.kind === 'Shadow' && constraint.mirrorPercent > 0 && constraint.mirrorPercent < 100;
}
