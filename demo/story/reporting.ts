import { sentWithin } from '../calling/ledger.ts';
import { measureShare } from '../measuring/traffic.ts';
import type { LiveDrift } from '../measuring/live-drift.ts';
import { formatPercent } from '../narrator.ts';
import { candidateVersion, safeVersion, triggerIndicator } from '../watching/resources.ts';
import { describeRoute, routeStateOf } from '../watching/route-state.ts';
import { defaultVariantOf, entriesOf, indicatorsOf } from '../watching/statuses.ts';
import type { IndicatorReading } from '../watching/statuses.ts';
import type { Story } from './story.ts';

const trafficEverySeconds = 10;

/** Says each change of route, flag, indicator and record once, when the watch shows it, and the traffic every ten seconds until `done`. */
export function reportHappenings(story: Story, done: () => boolean): void {
  reportTargets(story);
  reportVerdicts(story);
  reportRecord(story);
  void reportTraffic(story, done).catch((error: unknown) => {
    story.narrator.say(`The traffic could not be read: ${String(error)}`);
  });
}

function reportTargets({ watches, narrator }: Story): void {
  const say = onChange((line) => {
    narrator.say(line);
  });
  watches.routes.onState(({ object }) => {
    const state = object === null ? null : routeStateOf(object);
    if (state !== null) say('route', `  Route    The candidate gets ${describeRoute(state)}.`);
  });
  watches.flags.onState(({ object }) => {
    const variant = defaultVariantOf(object, 'use-v2');
    if (variant !== null) say('flag', `  Flag     use-v2 answers "${variant}".`);
  });
}

function reportVerdicts({ watches, narrator }: Story): void {
  const say = onChange((line) => {
    narrator.say(line);
  });
  watches.risks.onState(({ object }) => {
    for (const indicator of indicatorsOf(object)) say(indicator.name, `  Verdict  ${describeIndicator(indicator)}`);
  });
}

function reportRecord({ watches, narrator }: Story): void {
  const told = new Set<string>();
  watches.incidents.onState(({ name, object }) => {
    for (const { seq, type, target, before, after, reason } of entriesOf(object)) {
      const key = `${name}/${String(seq)}`;
      if (told.has(key)) continue;
      told.add(key);
      const change = before === after ? after : `${before} -> ${after}`;
      narrator.say(
        `  Record   ${[`#${String(seq)} ${type}`, target, change, firstSentence(reason)].filter((part) => part !== '').join(', ')}`,
      );
    }
  });
}

/** The record says why at length, with numbers; the screen has the verdicts beside it. */
function firstSentence(text: string): string {
  return text.split('. ', 1)[0] ?? '';
}

/** Tells a line only when it is not the one told last under this key. */
function onChange(tell: (line: string) => void): (key: string, line: string) => void {
  const last = new Map<string, string>();
  return (key, line) => {
    if (last.get(key) === line) return;
    last.set(key, line);
    tell(line);
  };
}

export function describeIndicator({ name, state, verdict, value, sampleCount }: IndicatorReading): string {
  const unit = name === triggerIndicator ? 'PSI ' : '';
  const reading = value === undefined ? '' : `, ${unit}${value.toFixed(3)}`;
  const rows = sampleCount === undefined ? '' : ` of ${String(Math.round(sampleCount))} rows`;
  return `${name} is ${state}${verdict === undefined ? '' : ` (${verdict}${reading}${rows})`}.`;
}

async function reportTraffic(story: Story, done: () => boolean): Promise<void> {
  const { clock, narrator, records } = story;
  for (;;) {
    await story.pause(trafficEverySeconds);
    if (done()) return;
    const span = { fromMs: clock.nowMs() - trafficEverySeconds * 1000, toMs: clock.nowMs() };
    const within = sentWithin(records, span);
    const failed = within.filter(({ failure }) => failure !== null).length;
    const safeAsked = within.filter(({ askedForSafe }) => askedForSafe).length;
    const share =
      safeAsked * 2 > within.length
        ? 'callers ask for the safe version'
        : `candidate ${formatPercent(measureShare(within, span, candidateVersion).share)}`;
    const [live, shadow, safe] = await Promise.all([
      story.drift(candidateVersion, 'live'),
      story.drift(candidateVersion, 'shadow'),
      story.drift(safeVersion, 'live'),
    ]);
    const psi = `PSI candidate ${describeDrift(live)}, its mirrored copies ${describeDrift(shadow)}, safe ${describeDrift(safe)}`;
    narrator.say(`  Traffic  ${String(within.length)} requests, ${String(failed)} failed; ${share}; ${psi}`);
  }
}

function describeDrift(drift: LiveDrift | null): string {
  return drift === null ? 'none' : drift.psi.toFixed(2);
}
