import { partLabel } from '../src/signals/prometheus/query-plan.ts';
import type { StandInSeries } from '../testbed/prometheus-answer.ts';
import { fleetNamespace, modelVersion } from './fleet.ts';

/** What the models' signal says now. Another value at every look, so that nobody can tell steady from standing still. */
export interface SignalBoard {
  readonly models: readonly string[];
  setBad(model: string, bad: boolean): void;
  /** A fresh reading of one model. */
  read(model: string): number;
}

/** Below `warn`, so always Ok. */
const good = { from: 0.01, to: 0.09 };
/** Above `breach`. */
const bad = { from: 0.6, to: 0.9 };

export function createSignalBoard(models: readonly string[], random: () => number): SignalBoard {
  const badModels = new Set<string>();
  return {
    models,
    setBad: (model, isBad) => {
      if (isBad) badModels.add(model);
      else badModels.delete(model);
    },
    read: (model) => {
      const { from, to } = badModels.has(model) ? bad : good;
      return from + (to - from) * random();
    },
  };
}

/** The board as a Prometheus would answer the operator's combined query: value and data time of every model. */
export function standInSeries(board: SignalBoard, nowMs: number): readonly StandInSeries[] {
  return board.models.flatMap((model) => {
    const labels = { namespace: fleetNamespace, model, version: modelVersion };
    return [
      { labels: { ...labels, [partLabel]: 'value' }, value: board.read(model) },
      { labels: { ...labels, [partLabel]: 'time0' }, value: nowMs / 1000 },
    ];
  });
}

/** The board as an exporter exposes it; the namespace label comes from discovery. */
export function exposition(board: SignalBoard, models: readonly string[]): string {
  return models.map((model) => `score_drift{model="${model}",version="${modelVersion}"} ${board.read(model)}\n`).join('');
}
