import { composeReplicas } from '../../core/compose-replicas.ts';
import type { JSONPatchOperation } from '../../shared/json.ts';
import { rejectClaim } from '../actuation.ts';
import type { SettleInput, Settlement, Stand } from '../actuation.ts';
import type { JSONObject } from '../json-reading.ts';
import { describeObject } from '../metadata.ts';
import type { Claim, RejectedClaim } from '../port.ts';
import type { DeploymentChanges, TemplateChange } from './changes.ts';
import { inspect } from './inspect.ts';
import { generationOf, standingOf } from './intent.ts';
import type { DeploymentIntent } from './intent.ts';
import type { Pin } from './pin.ts';
import { imagesOf, sameTemplate } from './template.ts';

type Input = SettleInput<DeploymentIntent>;

interface Standing {
  /** As asked or, where that was refused, as it was held; null: nothing is laid for it. */
  readonly claim: Claim | null;
  readonly pin: Pin | null;
  readonly refusal: RejectedClaim | null;
}

interface Effective {
  readonly template: JSONObject;
  readonly replicas: number | null;
}

/** Judges every claim, lays those that pass (and what the others held before) over the Deployment, and writes down the difference. */
export function settleDeployment(input: Input): Settlement<DeploymentChanges> {
  const { live, intent } = input;
  const standings = refuseConflicts(
    input.stands.map((stand) => firstStanding(stand, input)),
    describeObject(live),
  );
  const pin = standings.find((each) => each.pin !== null)?.pin ?? null;
  const claims = standings.flatMap(({ claim }) => claim ?? []);
  const effective: Effective = {
    template: pin?.applied ?? intent.template,
    replicas: composeReplicas(
      intent.replicas,
      claims.flatMap(({ constraints }) => constraints),
    ),
  };
  const writes = writesOf(input, effective, pin);
  const generation = generationOf(live);
  return {
    held: claims,
    rejected: standings.flatMap(({ refusal }) => refusal ?? []),
    changes: {
      template: templateChange(pin, input, { claims, writes: writes.length > 0 }),
      replicas:
        effective.replicas === intent.replicas || effective.replicas === null
          ? null
          : { intent: intent.replicas, applied: effective.replicas },
    },
    // Any edit of the spec moves it: coarser than a test of what we rest on, and a template is long.
    tests: writes.length === 0 ? [] : [{ op: 'test', path: '/metadata/generation', value: generation }],
    writes,
    before: summarize(standingOf(live)),
    after: summarize(effective),
    intended: summarize(intent),
  };
}

function firstStanding({ asked, held }: Stand, input: Input): Standing {
  if (asked.target.kind !== 'Deployment') return { claim: null, pin: null, refusal: null };
  const inspection = inspect(asked, asked.target, input);
  if (inspection.kind === 'Honoured') return { claim: asked, pin: inspection.pin, refusal: null };
  const { refusal } = inspection;
  if (held === null) return { claim: null, pin: null, refusal };
  // An autoscaler that came since would be fought over the replicas; room is worth no fight.
  const constraints = refusal.reason === 'Autoscaled' ? held.constraints.filter(({ kind }) => kind !== 'Replicas') : held.constraints;
  const isPinned = constraints.some(({ kind }) => kind === 'Pin');
  return { claim: { ...held, constraints }, pin: isPinned ? input.intent.pinned : null, refusal };
}

/** Pods run one revision: the first plan in precedence decides it, a later one that wants another loses. */
function refuseConflicts(standings: readonly Standing[], where: string): readonly Standing[] {
  const winner = standings.find(({ pin }) => pin !== null);
  return standings.map((standing) => {
    const { claim, pin } = standing;
    if (claim === null || pin === null || winner?.pin == null || sameTemplate(pin.applied, winner.pin.applied)) return standing;
    const message = `Plan ${winner.claim?.holder.plan ?? ''} is older and takes ${where} back to revision ${winner.pin.revision}, plan ${claim.holder.plan} wants revision ${pin.revision}: agree on one.`;
    // The journal keeps a loser: it steps in when the winner leaves.
    return { claim, pin: null, refusal: standing.refusal ?? rejectClaim(claim, 'Conflicted', message) };
  });
}

/** While nothing is written the generation we predicted stands; every write moves it by one. */
function templateChange(
  pin: Pin | null,
  { live, intent }: Input,
  { claims, writes }: { readonly claims: readonly Claim[]; readonly writes: boolean },
): TemplateChange | null {
  const { pinned } = intent;
  const generation = writes || pinned === null ? generationOf(live) + 1 : pinned.generation;
  if (pin !== null) {
    const { asked, revision, applied } = pin;
    return { asked, revision, applied, intent: intent.template, generation };
  }
  // A step down gives the pods back; the next step up goes back to the same revision, whatever came between.
  const isKept = claims.some(({ target }) => target.kind === 'Deployment' && target.purpose === 'Pin' && target.revision === pinned?.asked);
  return pinned !== null && isKept ? { ...pinned, intent: null } : null;
}

function writesOf({ live, intent }: Input, effective: Effective, pin: Pin | null): readonly JSONPatchOperation[] {
  const standing = standingOf(live);
  const isPinnedSo = pin !== null && intent.standsAsPinned && intent.pinned !== null && sameTemplate(intent.pinned.applied, pin.applied);
  const template =
    isPinnedSo || sameTemplate(standing.template, effective.template)
      ? []
      : [{ op: 'replace', path: '/spec/template', value: effective.template } as const];
  return [...template, ...writeReplicas(standing.replicas, effective.replicas)];
}

function writeReplicas(now: number | null, wanted: number | null): readonly JSONPatchOperation[] {
  if (now === wanted) return [];
  if (wanted === null) return [{ op: 'remove', path: '/spec/replicas' }];
  return [{ op: now === null ? 'add' : 'replace', path: '/spec/replicas', value: wanted }];
}

function summarize({ template, replicas }: Effective): string {
  return `${imagesOf(template)}; replicas ${String(replicas ?? 1)}`.slice(0, 512);
}
