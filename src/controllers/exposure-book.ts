import { fromExposureStatus, toExposureStatus } from '../api/exposure.ts';
import { resolveExposure } from '../api/resolve-exposure.ts';
import type { ExposureSpec, ExposureStatus } from '../api/exposure.ts';
import { exposureOf, isWorthShowing } from '../core/exposure.ts';
import type { Exposure, RateReading } from '../core/exposure.ts';
import { futureToleranceMs } from '../core/judge.ts';
import type { Observation } from '../core/model/observation.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { SignalRequest, SignalSource } from '../signals/port.ts';
import type { Cluster } from './cluster.ts';
import type { Programme } from './programme.ts';
import { definitionOf } from './risk-state.ts';
import type { RiskState } from './risk-state.ts';

export interface ExposureBook {
  /** Null: its owner declares none, or nobody has asked yet. */
  of(risk: RiskState): Exposure | null;
  /** What the status is to say; `object` carries what it says. */
  statusOf(risk: RiskState, object: UntypedObject): { readonly exposure?: ExposureStatus };
  /** Reads from now on; `onNews`: what the status of a risk says has to be replaced. Returns the end. */
  begin(onNews: (riskKey: string) => void): () => void;
}

export interface ExposureBookOptions {
  readonly programme: Pick<Programme, 'risks' | 'policies' | 'invalidSignalsOf'>;
  readonly cluster: Pick<Cluster, 'own'>;
  readonly source: SignalSource;
  readonly clock: Clock;
  readonly log: Logger;
}

const everyMs = 30_000;

/** What was read for one risk. `of`: what it was asked of; another version or signal begins anew. */
interface Page {
  readonly of: string;
  readonly last: RateReading | null;
  readonly why: string;
}

interface Asked {
  readonly risk: RiskState;
  readonly of: string;
  readonly request: Result<Omit<SignalRequest, 'key'>, string>;
}

function declaredBy({ risk }: RiskState): ExposureSpec | null {
  return risk.spec.exposure ?? null;
}

function storedIn(object: UntypedObject | undefined): ExposureStatus | null {
  const { status } = (object ?? {}) as { readonly status?: { readonly exposure?: ExposureStatus } };
  return status?.exposure ?? null;
}

function requestFor(risk: RiskState, declared: ExposureSpec, programme: ExposureBookOptions['programme']): Asked['request'] {
  const { name } = risk.risk.spec.policyRef;
  const policy = programme.policies.get(name);
  if (policy === undefined) return failure(`RiskPolicy ${name} can't be read`);
  if (risk.risk.spec.suspend !== 'None') return failure('the model is suspended, so nothing is read');
  const problem = programme.invalidSignalsOf(name).get(declared.signal.template.name);
  if (problem !== undefined) return failure(`signal ${declared.signal.template.name} of the policy can't be used: ${problem}`);
  const resolved = resolveExposure(declared, { model: risk.identity, policy: policy.spec });
  if (!resolved.ok) return resolved;
  return success({ identity: risk.identity, served: 'Live', signal: definitionOf({ signal: resolved.value }, policy) });
}

/** A rate, or why there is none. */
function rateIn(observation: Observation, nowMs: EpochMs): Result<RateReading, string> {
  if (observation.kind !== 'Value') return failure(observation.message);
  const { value, dataTimeMs } = observation;
  if (!Number.isFinite(value) || value < 0) return failure(`the signal answered ${String(value)}, which is no rate`);
  if (!(dataTimeMs <= nowMs + futureToleranceMs)) return failure('the newest sample is ahead of the clock, or carries no time');
  return success({ unitsPerSecond: value, dataTimeMs });
}

class PollingExposureBook implements ExposureBook {
  readonly #options: ExposureBookOptions;
  readonly #pages = new Map<string, Page>();
  #stopping = new AbortController();

  constructor(options: ExposureBookOptions) {
    this.#options = options;
  }

  of(risk: RiskState): Exposure | null {
    const declared = declaredBy(risk);
    const page = this.#pages.get(risk.key);
    if (declared === null || page === undefined) return null;
    const { valuePerUnit } = declared;
    return exposureOf(page.last, { valuePerUnit, why: page.why, nowMs: this.#options.clock.nowMs() });
  }

  statusOf(risk: RiskState, object: UntypedObject): { readonly exposure?: ExposureStatus } {
    const declared = declaredBy(risk);
    if (declared === null) return {};
    const stored = storedIn(object);
    const now = this.of(risk);
    // What was shown before a restart stands until the first look of this process.
    if (now === null) return stored === null ? {} : { exposure: stored };
    return { exposure: stored === null || isNews(declared, stored, now) ? toExposureStatus(declared, now) : stored };
  }

  begin(onNews: (riskKey: string) => void): () => void {
    this.#stopping = new AbortController();
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    const tick = (): void => {
      if (signal.aborted) return;
      void this.#round(onNews).finally(() => {
        cancel = signal.aborted ? cancel : clock.after(everyMs, tick);
      });
    };
    let cancel = clock.after(0, tick);
    return () => {
      this.#stopping.abort();
      cancel();
    };
  }

  /** Never rejects. */
  async #round(onNews: (riskKey: string) => void): Promise<void> {
    try {
      await this.#ask();
      this.#tell(onNews);
    } catch (error) {
      this.#options.log.error({ err: error }, 'a round of exposures failed');
    }
  }

  async #ask(): Promise<void> {
    const { programme, source, clock } = this.#options;
    const asked = [...programme.risks.values()].flatMap((risk): readonly Asked[] => {
      const declared = declaredBy(risk);
      if (declared === null) return [];
      const of = JSON.stringify([risk.uid, risk.identity.model, risk.identity.version, declared.signal.template.name]);
      return [{ risk, of, request: requestFor(risk, declared, programme) }];
    });
    const requests = asked.flatMap(({ request }, index) => (request.ok ? [{ ...request.value, key: String(index) }] : []));
    const answers = requests.length === 0 ? [] : await source.observe(requests, this.#stopping.signal);
    if (this.#stopping.signal.aborted) return;
    const observed = new Map(answers.map(({ key, observation }) => [Number(key), observation]));
    const keys = new Set(asked.map(({ risk }) => risk.key));
    for (const key of this.#pages.keys()) if (!keys.has(key)) this.#pages.delete(key);
    for (const [index, { risk, of, request }] of asked.entries()) {
      const observation = observed.get(index);
      const read =
        observation === undefined ? failure(request.ok ? 'it was not answered' : request.failure) : rateIn(observation, clock.nowMs());
      this.#take(risk.key, of, read);
    }
  }

  #take(key: string, of: string, read: Result<RateReading, string>): void {
    const before = this.#pages.get(key);
    const last = before?.of === of ? before.last : null;
    this.#pages.set(key, read.ok ? { of, last: read.value, why: 'its newest sample is too old' } : { of, last, why: read.failure });
  }

  #tell(onNews: (riskKey: string) => void): void {
    const { programme, cluster } = this.#options;
    for (const risk of programme.risks.values()) {
      const declared = declaredBy(risk);
      const now = this.of(risk);
      const stored = storedIn(cluster.own.risks.store.get(risk.key));
      if (declared === null || now === null) continue;
      if (stored === null || isNews(declared, stored, now)) onNews(risk.key);
    }
  }
}

function isNews({ unit }: ExposureSpec, stored: ExposureStatus, now: Exposure): boolean {
  return stored.unit !== unit || isWorthShowing(fromExposureStatus(stored), now);
}

export function createExposureBook(options: ExposureBookOptions): ExposureBook {
  return new PollingExposureBook(options);
}
