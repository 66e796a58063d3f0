import { judge } from '../core/judge.ts';
import type { ModelIdentity, Observation, Served } from '../core/model/observation.ts';
import { countQuorum } from '../core/quorum.ts';
import type { EpochMs } from '../shared/clock.ts';
import type { SignalDefinition } from '../signals/port.ts';
import { tellsVersionsApart } from '../signals/versions.ts';
import type { FrozenSource, IndicatorState, QuorumMember, QuorumSignal } from './risk-state.ts';

/** A reading asked for by its own signal, or as one of those a quorum counts. */
interface Asked {
  readonly state: IndicatorState;
  readonly source: FrozenSource;
  readonly served: Served;
  readonly version: string;
  /** Whose signal is asked where the indicator is a quorum; null: its own. */
  readonly member: QuorumMember | null;
}

interface Answered<Each> {
  readonly asked: Each;
  readonly observation: Observation;
}

/** A quorum asks what its members ask: equal queries are shared with them, so it costs none while their sources are the same. */
export function askMembers<Each extends Asked>(asked: Each): readonly Each[] {
  const { signal } = asked.source;
  return signal.kind === 'Quorum' ? signal.members.map((member) => ({ ...asked, member })) : [asked];
}

/** What is asked in the end: by a quorum the signals of its members, else the signal itself. */
export function signalsOf(signal: FrozenSource['signal']): readonly SignalDefinition[] {
  return signal.kind === 'Quorum' ? signal.members.map((member) => member.signal) : [signal];
}

/** Of a quorum, whether all of its members do. */
export function areVersionsToldApart(signal: IndicatorState['signal']): boolean {
  return signalsOf(signal).every(tellsVersionsApart);
}

/** What is sent for it. */
export function signalAsked({ source: { signal }, member }: Pick<Asked, 'source' | 'member'>): SignalDefinition {
  if (signal.kind !== 'Quorum') return signal;
  if (member === null) throw new Error('a quorum asks nothing of its own');
  return member.signal;
}

/**
 * The answers with those to members in place of which stands one reading of their quorum, counted in the same turn: from the last answer of each member,
 * judged as old as it is by now. As long as one of them was never answered there is nothing to count.
 */
export function countVotes<Each extends Asked>(
  answers: readonly Answered<Each>[],
  identityOf: (asked: Each) => ModelIdentity,
  nowMs: EpochMs,
): readonly Answered<Each>[] {
  const single = answers.filter(({ asked }) => asked.member === null);
  const quorums = new Map<string, Map<IndicatorState, Each>>();
  for (const { asked, observation } of answers) {
    if (asked.member === null) continue;
    const among = `${asked.version} ${asked.served}`;
    votesAmong(asked.state, among).set(asked.member.indicator.name, observation);
    const states = quorums.get(among) ?? new Map<IndicatorState, Each>();
    quorums.set(among, states.set(asked.state, { ...asked, member: null }));
  }
  const counted = [...quorums].flatMap(([among, states]) =>
    [...states.values()].flatMap((asked) => {
      const observation = countOf(asked, { votes: votesAmong(asked.state, among), identity: identityOf(asked), nowMs });
      return observation === null ? [] : [{ asked, observation }];
    }),
  );
  return [...single, ...counted];
}

interface Counting {
  readonly votes: ReadonlyMap<string, Observation>;
  readonly identity: ModelIdentity;
  readonly nowMs: EpochMs;
}

function countOf({ source, served }: Asked, { votes, identity, nowMs }: Counting): Observation | null {
  const { members } = source.signal as QuorumSignal;
  const judged = members.flatMap(({ indicator }) => {
    const observation = votes.get(indicator.name);
    return observation === undefined ? [] : [judge({ indicator, identity, served, observation, nowMs })];
  });
  return judged.length < members.length ? null : countQuorum(judged, nowMs);
}

function votesAmong({ votes }: IndicatorState, among: string): Map<string, Observation> {
  const known = votes.get(among) ?? new Map<string, Observation>();
  votes.set(among, known);
  return known;
}
