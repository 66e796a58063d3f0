import { cusumSlack, ewmaWeight } from './statistics/control-chart.ts';
import { cusumRunLength, ewmaRunLength } from './statistics/run-length.ts';

export interface Chart {
  readonly method: 'EWMA' | 'CUSUM';
  /** In standard deviations. */
  readonly limit: number;
  /** Seconds between two readings. */
  readonly everySeconds: number;
  /** Earlier readings each look begins anew from. */
  readonly readings: number;
}

/** Wider than this an alarm without change is not to be expected in the life of anything. */
const widest = 30;

/** What the textbooks say of such a chart, and in what ours differs. */
export function explainRunLength({ method, limit, everySeconds, readings }: Chart): string {
  if (!(limit > 0) || limit > widest) return `A limit of ${String(limit)} is none for a control chart: write one from 2 to 12.`;
  const length =
    method === 'EWMA' ? ewmaRunLength({ weight: ewmaWeight, width: limit }) : cusumRunLength({ slack: cusumSlack, threshold: limit });
  const shown = Number(length.toPrecision(3));
  const days = Number(((length * everySeconds) / 86_400).toPrecision(2));
  return `As a chart that goes on for ever, ${method} with a limit of ${String(limit)} alarms once in ${String(shown)} readings while nothing is wrong, every ${String(days)} days; here each look begins anew ${String(readings)} readings back.`;
}
