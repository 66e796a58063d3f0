import { rejectClaim, sameDemand } from '../actuation.ts';
import type { SettleInput, Settlement, Stand } from '../actuation.ts';
import { describeObject, namespaceOf } from '../metadata.ts';
import type { Claim, RejectedClaim } from '../port.ts';
import type { RouteChanges } from './changes.ts';
import { candidateIn, composeRoute, concerns, shareOf } from './compose-route.ts';
import type { EffectiveRule } from './compose-route.ts';
import type { RouteClaim, RouteDialect } from './dialect.ts';
import type { RouteEnd } from './grammar.ts';
import { inspect, withoutBrokenMirror } from './inspect.ts';
import type { RouteIntent } from './intent.ts';
import { changesOf, patchRules } from './patch-rules.ts';
import { liveBackends, summarizeEffective, summarizeIntent, summarizeLive } from './summary.ts';

/** What there is to settle, on which kind of route. */
export interface RouteSettleInput extends SettleInput<RouteIntent> {
  readonly dialect: RouteDialect;
}

/** What is laid over the route for one stand: its claim as asked, or, once that is refused, what it held before (null: nothing). */
interface Standing {
  readonly stand: Stand;
  readonly claim: RouteClaim | null;
  readonly refusal: RejectedClaim | null;
}

/** Judges every claim, lays those that pass (and what the others held before) over the rules, and writes down the difference. */
export function settleRoute(input: RouteSettleInput): Settlement<RouteChanges> {
  const standings = refuseWhatCannotStand(
    input.stands.map((stand) => firstStanding(stand, input)),
    input,
  );
  const rules = composeRoute(input.intent, claimsOf(standings));
  const outcomes = standings.map((standing) => outcome(standing, rules, input));
  const shown = rules.filter(
    (rule) => standings.some((each) => namesCandidateOf(each, rule, input)) || patchRules([rule]).writes.length > 0,
  );
  const intents = shown.map(({ intent }) => intent);
  return {
    ...patchRules(rules),
    held: outcomes.flatMap(({ held }) => (held === null ? [] : [held])),
    rejected: outcomes.flatMap(({ rejected }) => (rejected === null ? [] : [rejected])),
    changes: { rules: changesOf(rules), percentPruned: input.intent.percentPruned },
    before: summarizeLive(intents),
    after: summarizeEffective(shown),
    intended: summarizeIntent(intents),
  };
}

function firstStanding(stand: Stand, input: RouteSettleInput): Standing {
  const claim = toRouteClaim(stand.asked, input);
  const refusal = claim === null ? null : inspect(claim, { ...input, claims: others(input) });
  return refusal === null ? { stand, claim, refusal } : fallBack(stand, refusal, input);
}

/** What is asked and what is held: either may send requests on to the candidate of another. */
function others(input: RouteSettleInput): readonly RouteClaim[] {
  return input.stands.flatMap(({ asked, held }) => [asked, held ?? []].flat().flatMap((claim) => toRouteClaim(claim, input) ?? []));
}

function toRouteClaim(claim: Claim, input: RouteSettleInput): RouteClaim | null {
  const ends = input.dialect.endsOf(claim.target, namespaceOf(input.live));
  return ends === null ? null : { claim, ...ends, constraints: input.dialect.constraintsOf(claim, input) };
}

/** A refusal never raises the candidate's share: what was in force stays in force, as far as it still can be. */
function fallBack(stand: Stand, refusal: RejectedClaim, input: RouteSettleInput): Standing {
  const held = stand.held === null ? null : toRouteClaim(stand.held, input);
  return { stand, claim: held === null ? null : withoutBrokenMirror(held, input, input.dialect), refusal };
}

/** Some refusals show only in the outcome of all claims together; each round refuses at least one, so it ends. */
function refuseWhatCannotStand(standings: readonly Standing[], input: RouteSettleInput): readonly Standing[] {
  const rules = composeRoute(input.intent, claimsOf(standings));
  const stands = standings.map(({ stand }) => (stand.held === null ? null : toRouteClaim(stand.held, input)));
  const standing = composeRoute(
    input.intent,
    stands.filter((claim) => claim !== null),
  );
  const outlook = { input, claims: claimsOf(standings), rules, standing };
  const next = standings.map((each) => {
    if (each.claim === null || each.refusal !== null || inForceAlready(each)) return each;
    const refusal = refuseUnready(each.claim, outlook) ?? refuseOversize(each.claim, outlook);
    return refusal === null ? each : fallBack(each.stand, refusal, input);
  });
  return next.every((each, index) => each === standings[index]) ? standings : refuseWhatCannotStand(next, input);
}

function inForceAlready({ stand: { asked, held } }: Standing): boolean {
  return held !== null && sameDemand(asked, held);
}

interface Outlook {
  readonly input: RouteSettleInput;
  readonly claims: readonly RouteClaim[];
  /** The rules with all claims as they stand now. */
  readonly rules: readonly EffectiveRule[];
  /** The rules with nothing but what is already in force. */
  readonly standing: readonly EffectiveRule[];
}

/** A safe backend that is not ready gets no share it does not have already, be it by way of another plan's constraint. */
function refuseUnready(claim: RouteClaim, { input, claims, rules, standing }: Outlook): RejectedClaim | null {
  const namespace = namespaceOf(input.live);
  const alone = composeRoute(input.intent, [claim]);
  for (const [index, rule] of rules.entries()) {
    const own = claim.safe.id;
    const id = rule.refuges.get(candidateIn(rule.intent, claim)) ?? own;
    const displaces = shareOf(alone[index] ?? rule, own) > intendedShare(rule, own);
    const burdened = shareOf(rule, id) > Math.max(liveShare(rule, id), shareOf(standing[index] ?? rule, id));
    if (!displaces || !burdened) continue;
    const answering = id === own ? [claim] : claims;
    const unready = answering
      .map(({ safe }) => safe)
      .find((safe) => safe.id === id && readyEndpoints(safe, input) < safe.minReadyEndpoints);
    if (unready === undefined) continue;
    const ready = readyEndpoints(unready, input);
    const message = `Safe backend ${namespace}/${unready.service ?? unready.id} has ${ready} ready endpoints, the plan wants ${unready.minReadyEndpoints} before it takes the candidate's requests.`;
    return rejectClaim(claim.claim, 'SafeBackendNotReady', message);
  }
  return null;
}

function readyEndpoints({ service }: RouteEnd, { live, surroundings }: RouteSettleInput): number {
  return service === null ? 0 : surroundings.readyEndpoints(namespaceOf(live), service);
}

function refuseOversize(claim: RouteClaim, { input, rules }: Outlook): RejectedClaim | null {
  const full = rules.find((rule) => concerns(rule.intent, claim) && outgrows(rule, claim));
  if (full === undefined) return null;
  const message = `Rule ${full.intent.rule.index + 1} of ${describeObject(input.live)} has no room for one more backend or filter (${full.intent.rule.grammar.bounds}).`;
  return rejectClaim(claim.claim, 'TooManyBackends', message);
}

function outgrows({ intent, inserted, mirrors }: EffectiveRule, { reach, safe }: RouteClaim): boolean {
  const { maxBackends, maxMirrors } = intent.rule.grammar;
  const backends = intent.backends.length + inserted.length > maxBackends && inserted.some(({ id }) => id === safe.id);
  const userFilters = (intent.rule.mirrorList?.length ?? 0) - intent.ownMirrors.length;
  return backends || (userFilters + mirrors.length > maxMirrors && mirrors.some(({ id }) => reach(id) === 'Candidate'));
}

function intendedShare({ intent }: EffectiveRule, id: string): number {
  return shareOf(asIntended(intent), id);
}

function liveShare({ intent }: EffectiveRule, id: string): number {
  const backends = liveBackends(intent.rule);
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  const own = backends.filter((each) => each.id === id).reduce((sum, { weight }) => sum + weight, 0);
  return total === 0 ? 0 : own / total;
}

function asIntended(intent: EffectiveRule['intent']): EffectiveRule {
  return { intent, weights: intent.backends.map(({ weight }) => weight), inserted: [], mirrors: [], refuges: new Map(), rejected: [] };
}

function claimsOf(standings: readonly Standing[]): readonly RouteClaim[] {
  return standings.flatMap(({ claim }) => (claim === null ? [] : [claim]));
}

/** A claim no rule honours leaves no trace, unless the journal holds it already. */
function outcome(
  { stand, claim, refusal }: Standing,
  rules: readonly EffectiveRule[],
  { live }: RouteSettleInput,
): { readonly held: Stand['asked'] | null; readonly rejected: RejectedClaim | null } {
  if (claim === null) return { held: null, rejected: refusal };
  const own = rules.filter((rule) => concerns(rule.intent, claim));
  const losses = own.flatMap((rule) => rule.rejected.find(({ planUID }) => planUID === claim.claim.holder.planUID) ?? []);
  const [loss] = losses;
  const lost = loss === undefined ? null : rejectClaim(claim.claim, loss.reason, lossMessage(claim, loss.reason, describeObject(live)));
  const voided = own.length > 0 && losses.length === own.length && stand.held === null;
  return { held: voided ? null : claim.claim, rejected: refusal ?? lost };
}

function lossMessage({ claim, candidate, safe }: RouteClaim, reason: 'NoSafeBackend' | 'Conflicted', where: string): string {
  // Only plans that run in a circle (or one that flees to its own candidate) are refused.
  return reason === 'NoSafeBackend'
    ? `Plan ${claim.holder.plan} would move requests of ${where} to ${safe.id}, which is under a constraint itself: name another safe backend.`
    : `Plan ${claim.holder.plan} would constrain ${candidate.id} on ${where}, where an older plan moves requests to: change one of the two plans.`;
}

function namesCandidateOf({ stand: { asked } }: Standing, { intent }: EffectiveRule, input: RouteSettleInput): boolean {
  const claim = toRouteClaim(asked, input);
  return claim !== null && intent.backends.some(({ live }) => claim.reach(live.backend) !== null);
}
