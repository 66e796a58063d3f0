import type { ObjectiveStatus } from '../api/objective-status.ts';
import type { Budget, Objective } from '../core/budget/budget.ts';
import { standingOf } from '../core/budget/ledger.ts';
import type { Clock, EpochMs } from '../shared/clock.ts';
import { blankPage, budgetOf, interrupted, recalledPage, showsOther, toldPage, toPageStatus, withReading } from './budget-page.ts';
import type { BudgetPage } from './budget-page.ts';
import type { Programme } from './programme.ts';
import type { RiskState } from './risk-state.ts';

/** Of every indicator with an objective of its own, how well it was kept: in memory, as the status remembers it from one process to the next. */
export interface BudgetBook {
  /** Takes in the last readings of a risk; true when its status has to say something else. Cheap: for every poll. */
  takeIn(risk: RiskState): boolean;
  /** What is left by indicator, of those that have an objective. */
  of(risk: RiskState): ReadonlyMap<string, Budget>;
  /** What the status is to say, by indicator. */
  statusOf(risk: RiskState): ReadonlyMap<string, ObjectiveStatus>;
  /** From now on readings that stop coming are seen; `onNews`: the status of a risk has to say something else. Returns the end. */
  begin(onNews: (riskKey: string) => void): () => void;
}

export interface BudgetBookOptions {
  readonly programme: Pick<Programme, 'risks'>;
  readonly clock: Clock;
  /** Until when another process is known to have led before this one; null: nobody knows. */
  readonly ledUntilMs: () => EpochMs | null;
}

const sweepEveryMs = 60_000;

function intervalMsOf({ terms }: RiskState): number {
  return terms.evaluationIntervalSeconds.value * 1000;
}

/** As they are in force: where the signed one is held, that. */
function objectivesOf({ risk }: RiskState): readonly (readonly [indicator: string, objective: Objective])[] {
  return risk.spec.indicators.flatMap(({ name, objective }) => {
    const { targetPercent, windowSeconds } = objective ?? {};
    return targetPercent === undefined || windowSeconds === undefined ? [] : [[name, { targetPercent, windowSeconds }] as const];
  });
}

/** Of live answers, by the signal as it is written now: what an engagement reads beside it counts for that alone. */
function lastReading(risk: RiskState, indicator: string) {
  return risk.indicators.get(indicator)?.readings.get('Live')?.assessment ?? null;
}

class InMemoryBudgetBook implements BudgetBook {
  readonly #options: BudgetBookOptions;
  /** By uid of the risk and name of the indicator. */
  readonly #pages = new Map<string, ReadonlyMap<string, BudgetPage>>();

  constructor(options: BudgetBookOptions) {
    this.#options = options;
  }

  takeIn(risk: RiskState): boolean {
    return this.#replace(risk, (before, indicator) => {
      const reading = lastReading(risk, indicator);
      if (reading === null || reading.assessedAtMs <= (before.readAtMs ?? -1)) return before;
      const { assessedAtMs: atMs, verdict } = reading;
      const page = withReading(before, { atMs, standing: standingOf(verdict) }, intervalMsOf(risk));
      return page.ledger === before.ledger ? page : toldPage(page, before, atMs);
    });
  }

  of(risk: RiskState): ReadonlyMap<string, Budget> {
    const nowMs = this.#options.clock.nowMs();
    return new Map([...this.#pagesOf(risk)].map(([indicator, page]) => [indicator, budgetOf(page, nowMs)]));
  }

  statusOf(risk: RiskState): ReadonlyMap<string, ObjectiveStatus> {
    return new Map(
      [...this.#pagesOf(risk)].flatMap(([indicator, page]) => {
        const status = toPageStatus(page);
        return status === null ? [] : [[indicator, status] as const];
      }),
    );
  }

  begin(onNews: (riskKey: string) => void): () => void {
    const { clock, programme } = this.#options;
    const sweep = (): void => {
      cancel = clock.after(sweepEveryMs, sweep);
      const nowMs = clock.nowMs();
      const uids = new Set([...programme.risks.values()].map(({ uid }) => uid));
      for (const uid of this.#pages.keys()) if (!uids.has(uid)) this.#pages.delete(uid);
      for (const risk of programme.risks.values())
        if (this.#replace(risk, (page) => toldPage(interrupted(page, nowMs), page, nowMs))) onNews(risk.key);
    };
    let cancel = clock.after(sweepEveryMs, sweep);
    return () => {
      cancel();
    };
  }

  /** One page an objective, taken over from the status where this process has none yet. */
  #pagesOf(risk: RiskState): ReadonlyMap<string, BudgetPage> {
    const known = this.#pages.get(risk.uid);
    const objectives = objectivesOf(risk);
    if (objectives.length === 0) {
      this.#pages.delete(risk.uid);
      return new Map();
    }
    const pages = new Map(
      objectives.map(([indicator, objective]) => {
        const page = known?.get(indicator);
        return [indicator, page === undefined ? this.#begun(risk, indicator, objective) : { ...page, objective }];
      }),
    );
    this.#pages.set(risk.uid, pages);
    return pages;
  }

  #begun(risk: RiskState, indicator: string, objective: Objective): BudgetPage {
    const status = risk.written.status.indicators.find(({ name }) => name === indicator)?.objective;
    if (status === undefined) return blankPage(objective);
    const { clock, ledUntilMs } = this.#options;
    return recalledPage(status, objective, { nowMs: clock.nowMs(), intervalMs: intervalMsOf(risk), ledUntilMs: ledUntilMs() });
  }

  /** True when a status has to say something else. */
  #replace(risk: RiskState, next: (page: BudgetPage, indicator: string) => BudgetPage): boolean {
    const before = this.#pagesOf(risk);
    if (before.size === 0) return false;
    const now = new Map([...before].map(([indicator, page]) => [indicator, next(page, indicator)]));
    this.#pages.set(risk.uid, now);
    return [...now].some(([indicator, page]) => showsOther(page, before.get(indicator) ?? page));
  }
}

export function createBudgetBook(options: BudgetBookOptions): BudgetBook {
  return new InMemoryBudgetBook(options);
}
