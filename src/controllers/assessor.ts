import { isHeld, nextBlindness, providerSight } from '../core/blindness.ts';
import type { ProviderSight, Sight } from '../core/blindness.ts';
import { judge } from '../core/judge.ts';
import { stepIndicator } from '../core/indicator.ts';
import { tightenIndicator } from '../core/tighten-indicator.ts';
import type { Assessment } from '../core/model/assessment.ts';
import type { Indicator } from '../core/model/indicator.ts';
import type { ModelIdentity, Observation, Served } from '../core/model/observation.ts';
import { initialPace, nextPace, paceAfterExtra } from '../core/pace.ts';
import type { Cancel, Clock, EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { SignalRequest, SignalSource } from '../signals/port.ts';
import { shapeKey } from '../signals/registry.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { snapshotInForce } from './plan-state.ts';
import type { PlanState } from './plan-state.ts';
import type { Programme } from './programme.ts';
import type { ProviderBook } from './providers.ts';
import { tallyReading } from './reading-tally.ts';
import { blindIn, hinderingPace, readingIn, readOnly, sourceKey } from './risk-state.ts';
import type { FrozenSource, IndicatorState, QuorumMember, RiskState } from './risk-state.ts';
import { evidenceFrom, neededBy } from './served-answers.ts';
import { refreshOwn, stateFor, writtenSource } from './source-in-force.ts';
import { areVersionsToldApart, askMembers, countVotes, signalAsked } from './votes.ts';

export interface AssessorOptions {
  readonly programme: Programme;
  readonly source: SignalSource;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'assessments'>;
  readonly log: Logger;
  readonly providers: Pick<ProviderBook, 'lastAnswerAtMs' | 'isMassBlind' | 'sawMassBlindness'>;
  /** Most indicators of a provider lost their readings together, or found them again. */
  readonly onProviderNews: () => void;
  /** A risk was judged anew; `changed` when a verdict or state is another one. Called in the turn of the answer. */
  readonly onAssessed: (risk: RiskState, facts: { readonly changed: boolean; readonly answeredAtMs: EpochMs }) => void;
}

export interface Assessor {
  start(): void;
  stop(): void;
  /** Looks at the concerned signals of a namespace without waiting for their interval; their intervals go on as they were. */
  assessNow(namespace: string, isConcerned: (request: SignalRequest) => boolean): void;
}

/** Whether the interval asked for a look, or something that came in between. */
type Look = 'Due' | 'Extra';

const adoptEveryMs = 1000;
/** No risk has this interval: key of the timer that looks for new ones. */
const adoptionTimer = 0;

/** One reading asked for, and where its answer goes. */
interface Asked {
  readonly risk: RiskState;
  readonly name: string;
  readonly state: IndicatorState;
  readonly source: FrozenSource;
  /** What the reading is judged by: during an engagement, the tightest of what it began on and what is written now. */
  readonly indicator: Indicator;
  readonly served: Served;
  readonly version: string;
  /** Whose signal is asked where the indicator is a quorum; null: its own. */
  readonly member: QuorumMember | null;
  /** Since when rows are evidence for all who go by the reading; null: all rows are. */
  readonly evidenceFromMs: EpochMs | null;
}

/** Who goes by one reading, and what is asked for it. */
interface Asking {
  readonly risk: RiskState;
  readonly state: IndicatorState;
  readonly source: FrozenSource;
  /** As risk and policy say now. */
  readonly written: Indicator;
  readonly plans: readonly PlanState[];
}

function inForce({ written, plans }: Asking): Indicator {
  const frozen = plans.flatMap(({ engaged }) => engaged?.indicators.find(({ name }) => name === written.name) ?? []);
  return frozen.reduce((indicator, each) => tightenIndicator(each, indicator), written);
}

function askFor(asking: Asking): readonly Asked[] {
  const { risk, state, source, plans } = asking;
  const needed = neededBy(plans);
  // A plan that calls the candidate safe is refused where people see it (SafeVersionIsCandidate); its evidence can't be asked for twice.
  const safeVersions = new Set(plans.flatMap((plan) => snapshotInForce(plan).safeVersion ?? []));
  safeVersions.delete(risk.identity.version);
  const indicator = inForce(asking);
  const asked = { risk, name: state.indicator.name, state, indicator, source, member: null, evidenceFromMs: evidenceFrom(plans) };
  readOnly(state, needed);
  const measurable = needed.filter((served) => indicator.measurableIn.includes(served));
  const all = [
    ...(measurable.length === 0 ? needed.slice(0, 1) : measurable).map((served): Asked => ({
      ...asked,
      served,
      version: risk.identity.version,
    })),
    // What we would move to answers live, whatever the candidate does.
    ...[...(areVersionsToldApart(state.signal) ? safeVersions : [])].map((version): Asked => ({ ...asked, served: 'Live', version })),
  ];
  return all.flatMap(askMembers);
}

/** What all plans go by that need nothing else, then what single plans do. */
function askAll(risk: RiskState, plans: readonly PlanState[], nowMs: EpochMs): readonly Asked[] {
  for (const plan of plans) refreshOwn(plan, risk, nowMs);
  const shared = [...risk.indicators].flatMap(([name, state]) =>
    askFor({
      ...{ risk, state, written: state.indicator, source: writtenSource(risk, state) },
      plans: plans.filter((plan) => stateFor(plan, risk, name) === state),
    }),
  );
  const own = plans.flatMap((plan) =>
    [...plan.own].flatMap(([name, state]) => {
      const source = plan.sources.get(name);
      const written = risk.indicators.get(name)?.indicator ?? state.indicator;
      return source === undefined ? [] : askFor({ risk, state, source, written, plans: [plan] });
    }),
  );
  return [...shared, ...own];
}

function requestOf(asked: Asked, key: string): SignalRequest {
  const { served, evidenceFromMs } = asked;
  return { key, identity: identityOf(asked), served, evidenceFromMs, signal: signalAsked(asked) };
}

function identityOf({ risk, source, version }: Asked): ModelIdentity {
  return { ...risk.identity, model: source.model, version };
}

/** Keyed by place in the list that is asked for. */
function toRequest(asked: Asked, index: number): SignalRequest {
  return requestOf(asked, String(index));
}

/** One answer as it was judged. */
interface Judged {
  readonly asked: Asked;
  readonly assessment: Assessment;
}

function judgeAnswer(asked: Asked, observation: Observation, nowMs: EpochMs): Assessment {
  const { indicator, served } = asked;
  return judge({ indicator, identity: identityOf(asked), served, observation, nowMs });
}

function isOfCandidate({ asked: { risk, version } }: Judged): boolean {
  return version === risk.identity.version;
}

function isMeasured({ indicator, served }: Asked): boolean {
  return indicator.measurableIn.includes(served);
}

function intervalMsOf({ terms }: RiskState): number {
  return terms.evaluationIntervalSeconds.value * 1000;
}

function isLookedAt({ risk }: RiskState): boolean {
  return risk.spec.suspend === 'None';
}

/** Of those that are looked at: what was last seen of others says nothing of the provider now, and in an outage they see no less. */
function sightsOf(programme: Programme, provider: string): readonly Sight[] {
  return [...programme.risks.values()]
    .filter(isLookedAt)
    .flatMap((risk) =>
      [...risk.indicators.values()]
        .filter(({ signal }) => signal.kind !== 'Quorum' && signal.provider === provider)
        .map((state) => ({ namespace: risk.identity.namespace, intervalMs: intervalMsOf(risk), blindness: blindIn(state)[0] ?? null })),
    );
}

/**
 * A start forgets what was pushed: whether somebody stopped pushing is only known once they had the time in which readings grow stale. Silence of an alert
 * says something only when it may have been notified again after its heartbeat was heard.
 */
function mayStillBePushed({ asked, assessment }: Judged, listenedMs: number): boolean {
  const { signal } = asked.source;
  if (signal.kind !== 'Push' && signal.kind !== 'Alert') return false;
  const untilProvenSeconds = signal.kind === 'Alert' ? signal.repeatSeconds : 0;
  return listenedMs <= (assessment.indicator.staleAfterSeconds + untilProvenSeconds) * 1000;
}

/**
 * With a reading that says more of the provider than of the model nothing counts as a breach, whatever its owner wrote, for a bounded time; as
 * long as most of the provider's indicators share the silence no stage escalates for it.
 */
function held(
  judged: Judged,
  sights: ReadonlyMap<string, ProviderSight>,
  { nowMs, startedAtMs }: Record<'nowMs' | 'startedAtMs', EpochMs>,
): Judged {
  const { signal, invalid } = judged.asked.state;
  const blindness = judged.asked.state.blindness.get(judged.asked.served) ?? null;
  const sight = sights.get(signal.provider);
  if (!isOfCandidate(judged) || blindness === null || sight === undefined) return judged;
  const countsAsNothing = invalid || isHeld(blindness, sight, nowMs) || mayStillBePushed(judged, nowMs - startedAtMs);
  if (!countsAsNothing && !sight.mostAreBlind) return judged;
  const assessment = { ...judged.assessment, excused: true as const };
  if (!countsAsNothing) return { ...judged, assessment };
  const { indicator } = assessment;
  const onNoData = indicator.onNoData === 'Breach' ? 'Hold' : indicator.onNoData;
  return { ...judged, assessment: { ...assessment, indicator: { ...indicator, onNoData, onError: 'Hold' } } };
}

/** The law stays (a gap restarts every wait); that it keeps an indicator from ever firing or clearing must be said. */
function keepPace({ risk, state, served }: Asked, nowMs: EpochMs, look: Look): boolean {
  const before = hinderingPace(state) !== null;
  const follow = look === 'Due' ? nextPace : paceAfterExtra;
  state.paces.set(served, follow(state.paces.get(served) ?? initialPace, nowMs, intervalMsOf(risk)));
  return (hinderingPace(state) !== null) !== before;
}

function groupByShape(due: readonly Asked[]): ReadonlyMap<string, readonly Asked[]> {
  const groups = new Map<string, Asked[]>();
  for (const asked of due) {
    const shape = shapeKey(requestOf(asked, ''));
    const group = groups.get(shape);
    if (group === undefined) groups.set(shape, [asked]);
    else group.push(asked);
  }
  return groups;
}

/**
 * Polls every indicator at its risk's interval; indicators of one shape share one query. Shapes do not wait for each other: one
 * that outlasts its interval is left out of the rounds until it is answered, so its queries never overlap.
 */
class PollingAssessor implements Assessor {
  readonly #options: AssessorOptions;
  readonly #timers = new Map<number, Cancel>();
  /** Shapes under way, by interval. */
  readonly #underWay = new Set<string>();
  readonly #stopping = new AbortController();
  #startedAtMs: EpochMs = 0;

  constructor(options: AssessorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#startedAtMs = this.#options.clock.nowMs();
    this.#adoptIntervals();
  }

  stop(): void {
    this.#stopping.abort();
    for (const cancel of this.#timers.values()) cancel();
  }

  assessNow(namespace: string, isConcerned: (request: SignalRequest) => boolean): void {
    if (this.#stopping.signal.aborted) return;
    const asked = this.#askedOf(({ identity }) => identity.namespace === namespace).filter((each) => isConcerned(requestOf(each, '')));
    for (const group of groupByShape(asked).values()) void this.#round(group, 'Extra');
  }

  /** Intervals come and go with the risks; looking for new ones costs no request. */
  #adoptIntervals(): void {
    for (const { terms } of this.#options.programme.risks.values()) {
      const interval = terms.evaluationIntervalSeconds.value;
      if (!this.#timers.has(interval)) this.#schedule(interval, this.#options.clock.nowMs());
    }
    if (this.#stopping.signal.aborted) return;
    const again = this.#options.clock.after(adoptEveryMs, () => {
      this.#adoptIntervals();
    });
    this.#timers.set(adoptionTimer, again);
  }

  #schedule(intervalSeconds: number, dueMs: EpochMs): void {
    if (this.#stopping.signal.aborted) return;
    const cancel = this.#options.clock.after(Math.max(0, dueMs - this.#options.clock.nowMs()), () => {
      this.#tick(intervalSeconds, dueMs);
    });
    this.#timers.set(intervalSeconds, cancel);
  }

  #tick(intervalSeconds: number, dueMs: EpochMs): void {
    // From when this round was due, not from when its timer fired: timers are late, and every lateness would stretch the interval.
    // Rounds slept through are left out.
    const intervalMs = intervalSeconds * 1000;
    const lateMs = Math.max(0, this.#options.clock.nowMs() - dueMs);
    this.#schedule(intervalSeconds, dueMs + intervalMs * (1 + Math.floor(lateMs / intervalMs)));
    for (const [shape, asked] of groupByShape(this.#askedOf(({ terms }) => terms.evaluationIntervalSeconds.value === intervalSeconds))) {
      const key = `${String(intervalSeconds)} ${shape}`;
      if (this.#underWay.has(key)) continue;
      this.#underWay.add(key);
      void this.#round(asked, 'Due').finally(() => {
        this.#underWay.delete(key);
      });
    }
  }

  /** Never rejects. */
  async #round(asked: readonly Asked[], look: Look): Promise<void> {
    try {
      await this.#ask(asked, look);
    } catch (error) {
      this.#options.log.error({ err: error, look }, 'a round of assessments failed');
    }
  }

  async #ask(asked: readonly Asked[], look: Look): Promise<void> {
    const { source, clock, programme, onAssessed } = this.#options;
    const answers = await source.observe(asked.map(toRequest), this.#stopping.signal);
    if (this.#stopping.signal.aborted) return;
    const answeredAtMs = clock.nowMs();
    const changedByRisk = new Map<RiskState, boolean>();
    const answered = answers.flatMap(({ key, observation }) => {
      const each = asked[Number(key)];
      return each === undefined ? [] : [{ asked: each, observation }];
    });
    const judged = countVotes(answered, identityOf, answeredAtMs).map((each) => ({
      asked: each.asked,
      assessment: judgeAnswer(each.asked, each.observation, answeredAtMs),
    }));
    const sights = this.#look(judged, answeredAtMs);
    for (const each of judged) {
      const { risk } = each.asked;
      const changed = this.#settle(held(each, sights, { nowMs: answeredAtMs, startedAtMs: this.#startedAtMs }), look);
      changedByRisk.set(risk, changed || (changedByRisk.get(risk) ?? false));
    }
    for (const [risk, changed] of changedByRisk) {
      // Replaced or deleted while its answer was under way: the successor is judged in the next round.
      if (programme.risks.get(risk.key) === risk) onAssessed(risk, { changed, answeredAtMs });
    }
  }

  #askedOf(isWanted: (risk: RiskState) => boolean): readonly Asked[] {
    const { programme, clock } = this.#options;
    return [...programme.risks.values()]
      .filter((each) => isLookedAt(each) && isWanted(each))
      .flatMap((risk) => askAll(risk, programme.plansOf(risk.key), clock.nowMs()));
  }

  /** Takes in who went blind; answers what each provider's indicators see together, where anybody is blind. */
  #look(judged: readonly Judged[], nowMs: EpochMs): ReadonlyMap<string, ProviderSight> {
    const { programme, providers, onProviderNews } = this.#options;
    const concerned = new Set<string>();
    for (const { asked, assessment } of judged.filter((each) => isOfCandidate(each) && isMeasured(each.asked))) {
      const { state, served, source } = asked;
      const before = state.blindness.get(served) ?? null;
      const blindness = nextBlindness(before, assessment.verdict, nowMs);
      if (blindness === null) state.blindness.delete(served);
      else state.blindness.set(served, blindness);
      const { provider } = source.signal;
      if (blindness !== null || before !== null || providers.isMassBlind(provider)) concerned.add(provider);
    }
    const sights = new Map<string, ProviderSight>();
    for (const provider of concerned) {
      const sight = providerSight(sightsOf(programme, provider), providers.lastAnswerAtMs(provider), nowMs);
      sights.set(provider, sight);
      if (providers.sawMassBlindness(provider, sight.massSinceMs)) onProviderNews();
    }
    return sights;
  }

  #settle({ asked, assessment }: Judged, look: Look): boolean {
    const { risk, name, state, version } = asked;
    if (version !== risk.identity.version) {
      const readings = risk.safe.get(version) ?? new Map<string, Assessment>();
      risk.safe.set(version, readings.set(sourceKey(state), assessment));
      return false;
    }
    // No evidence of these answers: they were asked for only so that the plans get their turn.
    if (!isMeasured(asked)) return false;
    const { observation, verdict, served, assessedAtMs: nowMs } = assessment;
    this.#options.metrics.assessments.inc({ verdict });
    // What an engagement goes on to read beside it is no reading of the indicator as it is written.
    if (risk.indicators.get(name) === state) tallyReading(this.#options.programme.tallies, risk, assessment);
    const before = readingIn(state, served);
    const lastSeen = observation.kind === 'Value' ? { value: observation.value, dataTimeMs: observation.dataTimeMs } : before.lastSeen;
    const memory = stepIndicator({ memory: before.memory, assessment, nowMs, intervalMs: intervalMsOf(risk) });
    const changed = memory.state !== before.memory.state || before.shown?.verdict !== assessment.verdict;
    state.readings.set(served, { memory, assessment, lastSeen, shown: changed ? assessment : before.shown });
    if (risk.indicators.get(name) === state) risk.unproven.delete(name);
    return keepPace(asked, nowMs, look) || changed;
  }
}

export function createAssessor(options: AssessorOptions): Assessor {
  return new PollingAssessor(options);
}
