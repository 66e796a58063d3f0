import { toInstant } from '../api/instant.ts';
import { calendarProblems } from '../api/calendar-problems.ts';
import { playbookProblems } from '../api/playbook-problems.ts';
import type { RiskPolicy } from '../api/risk-policy.ts';
import { categoryProblems } from '../api/taxonomy.ts';
import type { RiskPolicyConditionType } from '../api/conditions.ts';
import { deliveryCondition } from '../api/scheduled-report.ts';
import { clusterProvider, isClusterTemplate } from '../api/signals/cluster-signal.ts';
import { massHeldForMs } from '../core/blindness.ts';
import { mergeConditions } from '../kube/conditions.ts';
import type { Condition, ConditionNow } from '../kube/conditions.ts';
import { writeStatus } from '../kube/status-writer.ts';
import type { WorkOutcome } from '../kube/work-queue.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { ProviderProblem, ReplaceableSignalSource, SignalProvider } from '../signals/registry.ts';
import type { Cluster } from './cluster.ts';
import { previousConditions } from './mitigation-plan.ts';
import { keptReviews, policyReviewsNow } from './policy-reviews.ts';
import type { Programme } from './programme.ts';
import { createProviderHealthBook } from './provider-health.ts';
import type { ProviderHealthBook, QueryResult } from './provider-health.ts';
import { providerKey } from './risk-state.ts';
import { deliveriesIn } from './report-courier.ts';
import { rulesCondition } from './rule-tending.ts';

export interface ProviderBook {
  /** Gives the signal source the providers of all policies as they are now. */
  refresh(): void;
  /** Takes in what a query came to; true when there is news of its provider. */
  heard(query: QueryResult): boolean;
  lastAnswerAtMs(provider: string): EpochMs | null;
  isMassBlind(provider: string): boolean;
  /** Takes in since when most indicators of a provider have been blind, null when they are not; true when that is news. */
  sawMassBlindness(provider: string, sinceMs: EpochMs | null): boolean;
  conditionsOf(policy: RiskPolicy): readonly ConditionNow[];
}

type PolicyCondition = ConditionNow & { readonly type: RiskPolicyConditionType };

/** Keeps the signal source's providers equal to those of the policies, and remembers which of them answer. */
export function createProviderBook(
  programme: Pick<Programme, 'policies' | 'invalidSignalsOf'>,
  { source, clock }: { readonly source: Pick<ReplaceableSignalSource, 'replaceProviders'>; readonly clock: Clock },
): ProviderBook {
  let problems: readonly ProviderProblem[] = [];
  const book = createProviderHealthBook();
  const blindSince = new Map<string, EpochMs>();
  return {
    refresh: () => {
      const providers = [...programme.policies.values()].flatMap((policy) =>
        policy.spec.providers.map((provider): SignalProvider => {
          const name = providerKey(policy, provider.name);
          return 'prometheus' in provider ? { name, ...provider.prometheus } : { name, ...provider.httpJSON, form: 'HTTPJSON' };
        }),
      );
      problems = source.replaceProviders(providers);
    },
    heard: (query) => book.heard(query, clock.nowMs()),
    lastAnswerAtMs: (provider) => book.lastAnswerAtMs(provider),
    isMassBlind: (provider) => blindSince.has(provider),
    sawMassBlindness: (provider, sinceMs) => {
      if ((sinceMs === null) === !blindSince.has(provider)) return false;
      // The first time stays: it is shown, and each other one would be a write.
      if (sinceMs === null) blindSince.delete(provider);
      else blindSince.set(provider, sinceMs);
      return true;
    },
    conditionsOf: (policy) => {
      const names = policy.spec.providers.map(({ name }) => name);
      if (policy.spec.signals.some(isClusterTemplate)) names.push(clusterProvider);
      const keys = names.map((name) => providerKey(policy, name));
      const bad = problems.filter(({ name }) => keys.includes(name));
      const invalid = programme.invalidSignalsOf(policy.metadata.name);
      return [
        readyCondition(bad, invalid, [
          [calendarProblems(policy.spec), 'ScheduleInvalid'],
          [categoryProblems(policy.spec), 'CategoryUnknown'],
          [playbookProblems(policy.spec), 'PlaybookContradictsFloors'],
        ]),
        reachableCondition(keys, { book, blindSince }),
      ];
    },
  };
}

/** Sentences that belong to one reason. */
type Found = readonly [sentences: readonly string[], reason: string];

function readyCondition(
  bad: readonly ProviderProblem[],
  invalidSignals: ReadonlyMap<string, string>,
  ofSpec: readonly Found[],
): PolicyCondition {
  const found: readonly Found[] = [
    [bad.map((problem) => `${problem.name}: ${problem.message}`), 'ProviderInvalid'],
    [[...invalidSignals].map(([name, problem]) => `Signal ${name} can't be used: ${problem}.`), 'SignalInvalid'],
    ...ofSpec,
  ];
  const [first] = found.filter(([sentences]) => sentences.length > 0);
  if (first === undefined) return { type: 'Ready', status: 'True', reason: 'Reconciled', message: '' };
  return { type: 'Ready', status: 'False', reason: first[1], message: found.flatMap(([sentences]) => sentences).join(' ') };
}

function reachableCondition(
  keys: readonly string[],
  { book, blindSince }: { readonly book: ProviderHealthBook; readonly blindSince: ReadonlyMap<string, EpochMs> },
): PolicyCondition {
  const type = 'ProvidersReachable';
  const silent = keys.flatMap((key) => {
    const health = book.healthOf(key);
    return health.kind === 'Silent' ? [{ key, cause: health.cause }] : [];
  });
  if (silent.length > 0) {
    const message = `Providers that do not answer: ${silent.map(({ key }) => key).join(', ')}. Every constraint is held as it is until they do; check the URL and the provider.`;
    return { type, status: 'False', reason: silent[0]?.cause ?? 'Unreachable', message };
  }
  const blind = keys.flatMap((key) => {
    const sinceMs = blindSince.get(key);
    return sinceMs === undefined ? [] : [{ key, sinceMs }];
  });
  if (blind.length > 0) {
    const said = blind.map(
      ({ key, sinceMs }) =>
        `Most indicators of provider ${key}, in more than one namespace, lost their readings at ${toInstant(sinceMs)}. A missing reading counts as no breach until ${toInstant(sinceMs + massHeldForMs)}, whatever onNoData and onError say.`,
    );
    return {
      type,
      status: 'False',
      reason: 'MassBlindness',
      message: `${said.join(' ')} Check whether the provider lost its data or its targets.`,
    };
  }
  const heard = keys.some((key) => book.healthOf(key).kind !== 'NotAsked');
  return { type, status: heard ? 'True' : 'Unknown', reason: heard ? 'Answering' : 'NotAsked', message: '' };
}

export interface RiskPolicyControllerOptions {
  readonly cluster: Pick<Cluster, 'own' | 'namespace' | 'rules'>;
  readonly programme: Pick<Programme, 'policies' | 'unreadPolicies' | 'risks'>;
  readonly providers: ProviderBook;
  readonly clock: Clock;
}

function unreadCondition(why: string): PolicyCondition {
  const message = `This operator can't read it: ${why}. Models go by what it could last read of it, and by nothing of it after a restart: correct the policy, or run the version of the operator it was written for.`;
  return { type: 'Ready', status: 'False', reason: 'Unreadable', message: message.slice(0, 4096) };
}

/** What was heard before this process started still holds until its own first query says otherwise. */
function withEarlierNews(now: readonly ConditionNow[], previous: readonly Condition[], generation: number): readonly ConditionNow[] {
  return now.map((condition) => {
    const before = previous.find(({ type, observedGeneration }) => type === condition.type && observedGeneration === generation);
    return condition.status === 'Unknown' && before !== undefined ? before : condition;
  });
}

/**
 * Tells whether the providers of a policy can be used and answer. An operator of one namespace speaks for the policies its
 * own models follow and leaves the others to theirs: two that see different things would overwrite each other for ever.
 */
export function createRiskPolicyController({
  cluster,
  programme,
  providers,
  clock,
}: RiskPolicyControllerOptions): (name: string) => Promise<WorkOutcome> {
  const { store, client } = cluster.own.policies;
  const isOurs = (name: string): boolean =>
    cluster.namespace === null || [...programme.risks.values()].some(({ risk }) => risk.spec.policyRef.name === name);
  return async (name) => {
    const object = store.get(name);
    const policy = programme.policies.get(name);
    const unread = programme.unreadPolicies.get(name);
    if (object === undefined || (policy === undefined && unread === undefined) || !isOurs(name)) return { kind: 'Done' };
    const generation = object.metadata.generation ?? 0;
    const previous = previousConditions(object);
    const nowMs = clock.nowMs();
    // What became of reports is written by whoever sends them; here it is kept, and told in the same words.
    const reports = deliveriesIn(object);
    const known = policy === undefined ? [] : [...providers.conditionsOf(policy), ...rulesCondition(policy, cluster.rules)];
    const delivered = deliveryCondition(policy?.spec.reports ?? [], reports ?? []);
    const read = unread === undefined ? known : [unreadCondition(unread), ...known.filter(({ type }) => type !== 'Ready')];
    const isRead = policy !== undefined && unread === undefined;
    const reviews = isRead ? policyReviewsNow(policy, object, { own: cluster.own, nowMs }) : keptReviews(object);
    const now = withEarlierNews([...read, ...delivered, ...reviews.conditions], previous, generation);
    const written = await writeStatus(client, object, {
      observedGeneration: generation,
      conditions: mergeConditions(previous, now, { nowMs, generation }),
      ...(reports === undefined ? {} : { reports }),
      ...reviews.status,
    });
    if (!written.ok && written.failure.kind !== 'NotFound') return { kind: 'Retry' };
    const { lookAgainMs: afterMs } = reviews;
    return afterMs === null ? { kind: 'Done' } : { kind: 'Again', afterMs, priority: 'Resync' };
  };
}
