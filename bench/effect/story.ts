import type { KubeObject } from '../../testbed/api-client.ts';
import type { Phase } from './judgement.ts';
import { candidateService, isMirroring, isTaken, safeService, shareOn } from './route-kinds.ts';
import type { RouteKind, Split } from './route-kinds.ts';
import type { Traffic } from './traffic.ts';

/** Ok clears; Unclear neither clears nor breaches, so nothing moves; Severe leads straight to shadow. */
export type Reading = 'Ok' | 'Unclear' | 'Breach' | 'Severe';

/** What people and the signal do in a story, and what is seen of the route. */
export interface Stage {
  readonly traffic: Traffic;
  /** What the signal says from now on. */
  read(reading: Reading): void;
  /** As its users apply it, with this split; answers the generation it has then. */
  applyRoute(split: Split): Promise<number>;
  applyPlan(name: string, spec: object): Promise<void>;
  deletePlan(name: string): Promise<void>;
  /** Waits until the live route is so; throws with `what` when it never is. */
  untilRoute(what: string, isSo: (route: KubeObject) => boolean): Promise<void>;
  /** Waits until a condition of a plan has that status or reason: `Ready=True`, `Stalled=MirrorUnsupported`. */
  untilPlan(name: string, condition: string): Promise<void>;
  /** Waits until the model's indicators are Clear again: what was released engages no sooner. */
  untilClear(): Promise<void>;
  suspend(plan: string, suspend: 'None' | 'Release'): Promise<void>;
  /** For the proxies: a controller's word is not yet theirs. */
  settle(): Promise<void>;
  readonly say: (line: string) => void;
}

function aPlan({ target }: RouteKind, ports: Ports, stages: readonly object[]): object {
  const candidate = { service: candidateService, port: ports.candidate };
  const safe = { service: safeService, port: ports.safe };
  return {
    riskRef: { name: 'credit' },
    owner: 'lending-ml',
    mode: 'Enforce',
    trigger: { indicators: ['score-drift'] },
    targets: [{ name: 'traffic', [target]: { name: 'credit', candidate, safe } }],
    stages,
    // Time to see one step before the next: what holds the story still is the signal.
    recovery: { stepSeconds: 3, probeAfterSeconds: 3 },
  };
}

/** The route a story is of. */
export interface StoryRoute {
  readonly kind: RouteKind;
  readonly ports: Ports;
}

interface Ports {
  readonly safe: number;
  readonly candidate: number;
}

const limitTo = (name: string, maxPercent: number): object => ({ name, actions: [{ target: 'traffic', canaryLimit: { maxPercent } }] });
/** Entered by the signal alone, so that each stage is measured for as long as it takes. */
const shadow = { name: 'shadow', enterOnSevere: ['score-drift'], actions: [{ target: 'traffic', shadow: { percent: 100 } }] };
const neverByTime = { escalateAfterSeconds: 86_400 };

/** As users have it first, and as they edit it while the cap holds: what they want back from then on. */
const first: Split = { safe: 50, candidate: 50 };
const edited: Split = { safe: 30, candidate: 70 };

interface Change {
  readonly change: string;
  readonly expectedPercent: number;
  readonly mirrored?: boolean;
  readonly begin: () => Promise<void>;
  /** What the object must be beside the share, before it counts as in force. */
  readonly isSo?: (route: KubeObject) => boolean;
}

const isFree = ({ metadata }: KubeObject): boolean => metadata.annotations?.['modelrisk.dev/journal'] === undefined;

function changesOf(stage: Stage, kind: RouteKind, ports: Ports): readonly Change[] {
  const plan = (name: string, stages: readonly object[]): Promise<void> => stage.applyPlan(name, aPlan(kind, ports, stages));
  const edit = { generation: Number.POSITIVE_INFINITY };
  return [
    { change: 'none yet', expectedPercent: first.candidate, begin: () => Promise.resolve() },
    {
      change: 'engage: cap of 10 %',
      expectedPercent: 10,
      begin: async () => {
        await plan('credit', [{ ...limitTo('limit', 10), ...neverByTime }, shadow]);
        await stage.untilPlan('credit', readiness(kind));
        stage.read('Breach');
      },
    },
    {
      change: 'foreign edit to 70 %',
      expectedPercent: 10,
      begin: async () => {
        edit.generation = await stage.applyRoute(edited);
      },
      isSo: ({ metadata: { generation = 0 } }) => generation > edit.generation,
    },
    { change: 'second plan: cap of 5 %', expectedPercent: 5, begin: () => plan('stricter', [limitTo('limit', 5)]) },
    { change: 'second plan deleted', expectedPercent: 10, begin: () => stage.deletePlan('stricter') },
    ...(kind.copies ? shadowed(stage) : refused(stage)),
    { change: 'engage again', expectedPercent: 10, begin: () => again(stage, kind) },
    { change: 'plan deleted', expectedPercent: edited.candidate, begin: () => stage.deletePlan('credit'), isSo: isFree },
  ];
}

/** A stage that could not be taken is told before it is needed, and the others are taken all the same. */
function readiness({ copies }: RouteKind): string {
  return copies ? 'Ready=True' : 'Ready=MirrorUnsupported';
}

function shadowed(stage: Stage): readonly Change[] {
  const signal = (reading: Reading) => (): Promise<void> => {
    stage.read(reading);
    return Promise.resolve();
  };
  return [
    { change: 'escalate to shadow', expectedPercent: 0, mirrored: true, begin: signal('Severe') },
    { change: 'step down to the cap', expectedPercent: 10, begin: signal('Ok') },
    { change: 'restore', expectedPercent: edited.candidate, begin: signal('Ok'), isSo: isFree },
  ];
}

/** A stage that can't be taken leaves what holds, and gives no evidence: people end it. */
function refused(stage: Stage): readonly Change[] {
  return [
    {
      change: 'shadow refused: the cap stays',
      expectedPercent: 10,
      begin: () => {
        stage.read('Severe');
        return stage.untilPlan('credit', 'Stalled=MirrorUnsupported');
      },
    },
    { change: 'suspend: Release', expectedPercent: edited.candidate, begin: () => stage.suspend('credit', 'Release'), isSo: isFree },
  ];
}

async function again(stage: Stage, kind: RouteKind): Promise<void> {
  stage.read('Ok');
  await stage.untilClear();
  await stage.suspend('credit', 'None');
  await stage.untilPlan('credit', readiness(kind));
  stage.read('Breach');
}

/** Tells the story under traffic, `count` requests measured after each change; answers where each stands among them. */
export async function tellStory(stage: Stage, { kind, ports }: StoryRoute, count: number): Promise<readonly Phase[]> {
  const phases: Phase[] = [];
  await stage.settle();
  for (const { change, expectedPercent, mirrored = false, begin, isSo = () => true } of changesOf(stage, kind, ports)) {
    const since = stage.traffic.begun();
    await begin();
    await stage.untilRoute(`${change}: the route gives the candidate ${String(expectedPercent)} %`, (route) => {
      return shareOn(route) === expectedPercent && isMirroring(route) === mirrored && isSo(route) && isTaken(route);
    });
    // Neither good nor bad: the step that was just taken is the last one until the signal says more.
    if (change === 'step down to the cap') stage.read('Unclear');
    await stage.settle();
    phases.push({ change, since, ...(await stage.traffic.measure(count)), expectedPercent, mirrored });
    stage.say(`${kind.kind}: ${change}: measured`);
  }
  return phases;
}
