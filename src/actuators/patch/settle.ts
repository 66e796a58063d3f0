import { canonicalJSON } from '../../shared/canonical-json.ts';
import type { JSONPatchOperation, JSONValue } from '../../shared/json.ts';
import { rejectClaim } from '../actuation.ts';
import type { SettleInput, Settlement, Stand } from '../actuation.ts';
import { asObject } from '../json-reading.ts';
import type { JSONObject } from '../json-reading.ts';
import { hasAnnotations } from '../metadata.ts';
import type { RejectedClaim } from '../port.ts';
import type { PatchChanges, PatchTarget, PathChange } from './changes.ts';
import { differences, findAt, missingParents, withValue } from './document.ts';
import { inspect } from './inspect.ts';
import type { PatchClaim } from './inspect.ts';
import type { PatchIntent } from './intent.ts';
import { overlap } from './path.ts';

interface Standing {
  readonly stand: Stand;
  readonly claim: PatchClaim | null;
  readonly refusal: RejectedClaim | null;
}

type Value = PatchTarget['values'][number];

/** Judges every claim, sets the values of those that pass (and of what the others held before), and writes down the difference. */
export function settlePatch(input: SettleInput<PatchIntent>): Settlement<PatchChanges> {
  const { live, intent } = input;
  const { standings, winners } = refuseConflicts(input.stands.map((stand) => firstStanding(stand, input)));
  const values = winners.flatMap(({ target }) => target.values).filter(({ path }) => findAt(intent.document, path).kind !== 'Unreachable');
  const wanted = values.reduce((document, { path, value }) => withValue(document, path, value), intent.document);
  const named = [...new Set(standings.flatMap(({ stand }) => pathsOf(stand)))].sort();
  return {
    held: standings.flatMap(({ claim }) => (claim === null ? [] : [claim.claim])),
    rejected: standings.flatMap(({ refusal }) => (refusal === null ? [] : [refusal])),
    changes: changesOf(intent.document, values),
    ...halvesOf(live, wanted),
    before: summarize(live, named),
    after: summarize(wanted, named),
    intended: summarize(intent.document, named),
  };
}

function firstStanding(stand: Stand, { live, intent }: SettleInput<PatchIntent>): Standing {
  const claim = toPatchClaim(stand.asked);
  const refusal = claim === null || !asks(claim) ? null : inspect(claim, live, intent.document);
  if (refusal === null) return { stand, claim, refusal };
  return { stand, claim: stand.held === null ? null : toPatchClaim(stand.held), refusal };
}

/**
 * Values of one target are meant together: a claim of which one value can't stand beside those of an older plan is lost whole, so
 * that no configuration nobody wrote comes of two plans, whoever came first. A loser that was held steps in when the winner leaves.
 */
function refuseConflicts(standings: readonly Standing[]): {
  readonly standings: readonly Standing[];
  readonly winners: readonly PatchClaim[];
} {
  const winners: PatchClaim[] = [];
  const judged = standings.map((standing) => {
    const { stand, claim } = standing;
    if (claim === null || !asks(claim)) return standing;
    const clash = winners.map((winner) => ({ winner, paths: clashOf(winner, claim) })).find(({ paths }) => paths !== null);
    if (clash === undefined) {
      winners.push(claim);
      return standing;
    }
    const { claim: rival, target } = clash.winner;
    const message = `Plan ${rival.holder.plan} comes first and its target ${target.name} sets ${clash.paths?.[0] ?? ''}, plan ${claim.claim.holder.plan} sets ${clash.paths?.[1] ?? ''}: agree on one value for one path. Nothing of target ${claim.target.name} is set meanwhile.`;
    const refusal = standing.refusal ?? rejectClaim(claim.claim, 'Conflicted', message);
    return { stand, claim: stand.held === null ? null : claim, refusal };
  });
  return { standings: judged, winners };
}

/** The first two paths that can't both stand; null when all can. The same value at the same path is no conflict. */
function clashOf(winner: PatchClaim, claim: PatchClaim): readonly [string, string] | null {
  for (const won of winner.target.values)
    for (const { path, value } of claim.target.values) {
      const isShared = won.path === path && canonicalJSON(won.value) === canonicalJSON(value);
      if (overlap(won.path, path) && !isShared) return [won.path, path];
    }
  return null;
}

function toPatchClaim(claim: Stand['asked']): PatchClaim | null {
  return claim.target.kind === 'Patch' ? { claim, target: claim.target } : null;
}

function asks({ claim }: PatchClaim): boolean {
  return claim.constraints.some(({ kind }) => kind === 'Patch');
}

function pathsOf({ asked }: Stand): readonly string[] {
  return asked.target.kind === 'Patch' ? asked.target.values.map(({ path }) => path) : [];
}

/** Where users want what we do there is nothing of ours. */
function changesOf(intended: JSONObject, values: readonly Value[]): PatchChanges {
  const distinct = new Map(values.map((value) => [value.path, value]));
  const changes = [...distinct.values()].flatMap(({ path, value }): readonly PathChange[] => {
    const found = findAt(intended, path);
    const isWanted = found.kind === 'Present' && canonicalJSON(found.value) === canonicalJSON(value);
    return isWanted ? [] : [{ path, intent: found.kind === 'Present' ? { value: found.value } : null, applied: value }];
  });
  const parents = new Set(changes.flatMap(({ path }) => missingParents(intended, path)));
  return { values: changes.sort((a, b) => (a.path < b.path ? -1 : 1)), parents: [...parents].sort() };
}

/** The journal brings the map of annotations where there is none; ours are written into it after that. */
function halvesOf(live: JSONObject, wanted: JSONObject): Pick<Settlement<PatchChanges>, 'tests' | 'writes' | 'lateWrites'> {
  const inAnnotations = ({ path }: JSONPatchOperation): boolean => path.startsWith('/metadata/annotations/');
  const comesWithJournal = !hasAnnotations(live) && hasAnnotations(wanted);
  const from = comesWithJournal ? { ...live, metadata: { ...asObject(live.metadata), annotations: {} } } : live;
  const { tests, writes } = differences(from, wanted);
  const generation = asObject(live.metadata).generation ?? null;
  // Any edit of the spec moves the generation: coarser than the value that can't be tested, but it can be.
  const unsaid: readonly JSONPatchOperation[] =
    tests.length < writes.length ? [{ op: 'test', path: '/metadata/generation', value: generation }] : [];
  const isEarly = (operation: JSONPatchOperation): boolean => !comesWithJournal || !inAnnotations(operation);
  return {
    tests: [...tests.filter(isEarly), ...unsaid],
    writes: writes.filter(isEarly),
    lateWrites: writes.filter((write) => !isEarly(write)),
  };
}

const maxValueLength = 64;

/** `/spec/maxReplicas 4, /spec/fallback absent`. */
function summarize(document: JSONObject, paths: readonly string[]): string {
  return paths
    .map((path) => {
      const found = findAt(document, path);
      return `${path} ${found.kind === 'Present' ? cut(found.value) : 'absent'}`;
    })
    .join(', ')
    .slice(0, 512);
}

function cut(value: JSONValue): string {
  const text = canonicalJSON(value);
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength - 1)}…` : text;
}
