import type { Target } from '../../core/model/target.ts';
import { rejectClaim } from '../actuation.ts';
import { asList, asNumber, asObject } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import { describeObject, namespaceOf } from '../metadata.ts';
import type { RejectedClaim } from '../port.ts';
import { concerns } from '../weighted-route/compose-route.ts';
import type { InspectionInput, RouteClaim, RouteDialect, RouteEnds } from '../weighted-route/dialect.ts';
import type { RouteEnd } from '../weighted-route/grammar.ts';
import type { RuleIntent } from '../weighted-route/intent.ts';
import { virtualServiceGrammar } from './grammar.ts';
import { destinationID, hostName, localService, routedTo } from './host.ts';

export type VirtualServiceTarget = Extract<Target, { kind: 'VirtualService' }>;

/** What claims on a VirtualService ask for, and what of one can't be bounded or given back exactly. */
export const virtualServiceDialect: RouteDialect = {
  grammar: virtualServiceGrammar,
  backends: 'Services',
  endsOf(target, namespace) {
    if (target.kind !== 'VirtualService') return null;
    const end = ({ host, subset }: VirtualServiceTarget['candidate']) => ({
      id: destinationID(host, subset, namespace),
      service: localService(host, namespace),
      port: null,
    });
    const { host, subset, minReadyEndpoints } = target.safe;
    const written: JSONObject = subset === null ? { host } : { host, subset };
    const ends = { candidate: end(target.candidate), safe: { ...end(target.safe), minReadyEndpoints, written } };
    const { subset: own, host: ofCandidate } = target.candidate;
    return { ...ends, reach: reachOf(ends, { whole: hostName(ofCandidate, namespace), subset: own }) };
  },
  constraintsOf: ({ constraints }) => constraints,
  inspectRules: (claim, input) => inspectUnbounded(claim, input) ?? inspectSafe(claim, input),
  inspectMirror,
  whenBeside: 'Name a subset there, or let the plan name the host without one.',
};

/** A host as a whole is whatever its subsets are; a subset is reached by its host too, among pods of others, where that is the safe one too. */
function reachOf(
  { candidate, safe }: { readonly candidate: RouteEnd; readonly safe: RouteEnd },
  { whole, subset }: { readonly whole: string; readonly subset: string | null },
): RouteEnds['reach'] {
  return (backend) => {
    if (backend === candidate.id) return 'Candidate';
    if (subset !== null) return backend === whole ? 'Beside' : null;
    return backend !== safe.id && backend.startsWith(`${whole}/`) ? 'Candidate' : null;
  };
}

/** Weights of `tcp` and `tls` are shares of connections, which last: a cap there would not hold. */
function inspectUnbounded(claim: RouteClaim, { live }: InspectionInput): RejectedClaim | null {
  const namespace = namespaceOf(live);
  const reaches = (list: 'tcp' | 'tls'): boolean =>
    asList(asObject(live.spec)[list]).some((rule) =>
      asList(asObject(rule).route).some((entry) => claim.reach(routedTo(asObject(entry), namespace)) === 'Candidate'),
    );
  const list = (['tcp', 'tls'] as const).find(reaches);
  if (list === undefined) return null;
  const message = `${describeObject(live)} sends connections to the candidate ${claim.candidate.id} by spec.${list}, which no cap of requests reaches: route it by spec.http only.`;
  return rejectClaim(claim.claim, 'UnboundedRoute', message);
}

/** A rule that lacks the safe destination gets it only where that surely answers: a subset is known to exist by being in use. */
function inspectSafe(claim: RouteClaim, { live, intent, surroundings }: InspectionInput): RejectedClaim | null {
  const { safe } = claim;
  const lacking = intent.rules.filter((rule) => concerns(rule, claim) && !rule.backends.some(({ live: each }) => each.backend === safe.id));
  const [first] = lacking;
  if (first === undefined) return null;
  if ('subset' in safe.written) {
    const message = `Rule ${first.rule.index + 1} of ${describeObject(live)} has no destination ${safe.id}, and whether the subset exists can't be seen from here: add it to the rule with weight 0.`;
    return rejectClaim(claim.claim, 'BackendMissing', message);
  }
  const ports = surroundings.servicePorts(namespaceOf(live), safe.service ?? '') ?? [];
  const missing = lacking.flatMap((rule) => portsOf(rule, claim)).find((port) => !ports.includes(port));
  if (missing === undefined) return null;
  const message = `Service ${namespaceOf(live)}/${safe.service ?? safe.id} has no port ${missing}, which ${describeObject(live)} sends requests for the candidate to, only ${ports.join(', ')}: add it.`;
  return rejectClaim(claim.claim, 'BackendMissing', message);
}

/** Ports the candidate's destinations of a rule name. */
function portsOf({ backends }: RuleIntent, { reach }: RouteClaim): readonly number[] {
  return backends.flatMap(({ live: { backend, reference } }) => {
    const port = asNumber(asObject(asObject(reference.destination).port).number);
    return reach(backend) === 'Candidate' && port !== null ? [port] : [];
  });
}

/** Istio refuses a rule with both `mirror` and `mirrors`, and a user's `mirror` is not ours to rewrite. */
function inspectMirror(claim: RouteClaim, { live, intent }: InspectionInput): RejectedClaim | null {
  if (!claim.constraints.some((each) => each.kind === 'Shadow' && each.mirrorPercent > 0)) return null;
  const taken = intent.rules.find(
    (rule) => concerns(rule, claim) && rule.rule.fixedMirror !== null && claim.reach(rule.rule.fixedMirror.backend) !== 'Candidate',
  );
  if (taken === undefined) return null;
  const message = `Rule ${taken.rule.index + 1} of ${describeObject(live)} mirrors to ${taken.rule.fixedMirror?.backend ?? ''} by its field mirror, beside which Istio allows no other: write that as an entry of mirrors.`;
  return rejectClaim(claim.claim, 'MirrorTaken', message);
}
