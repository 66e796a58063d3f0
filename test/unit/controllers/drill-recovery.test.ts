import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { documentItems } from '../../../src/core/programme/documentation.ts';
import { aDossier } from '../../builders/dossier.ts';
import { askForDrill, drill, drillEntriesIn, drillsIn, lastDrillOf, markSandbox, startDrilled } from '../../builders/drilling.ts';
import type { SeenDrill } from '../../builders/drilling.ts';
import { memoryPolicy, memoryRisk } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { auditIn } from '../../builders/memory-record.ts';
import { planIn, shareIn } from '../../builders/memory-story.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

type Fields = Readonly<Record<string, unknown>>;

jest.setTimeout(60_000);

const sandbox = { drill: { everySeconds: 86_400, scope: 'Sandbox' } };
const tiers = [{ name: 'High', when: { criticality: ['High'] }, reviewRoles: ['risk'], requiredDocumentation: documentItems }];
const papers = aDossier('score-drift');

const withSpec = (object: object, changes: Fields): object => {
  const { spec } = object as { readonly spec: Fields };
  return { ...object, spec: { ...spec, ...changes } };
};

/** The papers of the model, with this promise; null: none. */
function aRisk(recoveryTimeSeconds: number | null): object {
  const { continuity, ...rest } = papers.documentation;
  const documentation = recoveryTimeSeconds === null ? rest : { ...rest, continuity: { ...continuity, recoveryTimeSeconds } };
  return withSpec(memoryRisk(), { criticality: 'High', ...papers, documentation });
}

let world: MemoryOperator;

afterEach(() => world.stop());

async function start(recoveryTimeSeconds: number | null): Promise<void> {
  world = await startDrilled(sandbox, (api) => {
    markSandbox(api);
    api.apply('riskpolicies', withSpec(memoryPolicy(), { tiers }));
    api.apply('modelrisks', aRisk(recoveryTimeSeconds));
  });
  await world.pass(2);
}

/** From the next drill on record, no patch of the route lands until the function it answers is called: its first stage waits. */
function loseStages(): () => void {
  const before = drillsIn(world).length;
  world.api.onWrite(({ resource }) => (resource === 'httproutes' && drillsIn(world).length > before ? 'Lose' : 'Pass'));
  return () => {
    world.api.onWrite(() => 'Pass');
  };
}

/** A live drill whose first stage is not in effect before these seconds are over. */
async function slowDrill(request: string, seconds: number): Promise<SeenDrill> {
  const letThrough = loseStages();
  askForDrill(world, request, sandbox);
  await world.pass(seconds);
  letThrough();
  await world.passUntil(`drill ${request} is answered`, () => lastDrillOf(planIn(world))?.request === request);
  await world.pass(2);
  const found = lastDrillOf(planIn(world));
  if (found === null) throw new Error('no drill');
  return found;
}

function documented(): string {
  const risk = world.api.get('modelrisks', 'credit');
  const condition = risk === null ? undefined : conditionOf(risk, 'Documented');
  return `${condition?.status ?? ''}/${condition?.reason ?? ''}: ${condition?.message ?? ''}`;
}

const drilled = () => conditionOf(planIn(world), 'Drilled');
const warnings = () => world.events.filter(({ reason, type }) => reason === 'RecoveryTooSlow' && type === 'Warning');
const specsOfDrills = () => drillsIn(world).map(({ spec }) => (spec as { readonly drill: Fields }).drill);
const reasonAtEnd = (): string => drillEntriesIn(world).findLast(({ type }) => type === 'Closed')?.reason ?? '';

/** What the instants of the record come to, by themselves. */
function onRecord(): { readonly mitigated: number; readonly restored: number } {
  const entries = drillEntriesIn(world).map(({ type, at }) => ({ type, atMs: Date.parse(at) }));
  const laid = entries.findIndex(({ type }) => type === 'Escalated');
  const next = entries.findIndex(({ type }, index) => index > laid && type === 'Escalated');
  const seen = entries.slice(laid, next).filter(({ type }) => type === 'Verified');
  const from = entries[laid]?.atMs ?? NaN;
  return { mitigated: ((seen.at(-1)?.atMs ?? NaN) - from) / 1000, restored: ((entries.at(-1)?.atMs ?? NaN) - from) / 1000 };
}

describe('a live drill and the recovery time of its model', () => {
  it('within it: both times stand on record as its instants say, and it is proof of the continuity plan', async () => {
    await start(600);
    expect(documented()).toContain('False/Missing');
    const found = await drill(world, 'one', sandbox);
    await world.pass(2);

    const { mitigated, restored } = onRecord();
    expect(found).toMatchObject({ result: 'Passed', recovery: 'Within', recoveryTimeSeconds: 600 });
    expect(mitigated).toBeGreaterThan(0);
    expect(restored).toBeGreaterThan(mitigated);
    expect(found).toMatchObject({ timeToMitigateSeconds: mitigated, timeToRestoreSeconds: restored });
    expect(specsOfDrills()).toEqual([{ scope: 'Sandbox', request: 'one', recoveryTimeSeconds: 600 }]);
    const sentence = `In effect ${String(mitigated)} s after the synthetic breach, all given back after ${String(restored)} s: within the recovery time of 600 s the model declares.`;
    expect(reasonAtEnd()).toContain(sentence);
    expect(drilled()).toMatchObject({ status: 'True', reason: 'Passed', message: expect.stringContaining(sentence) as unknown });
    expect(documented()).toContain('True/Complete');
    expect(warnings()).toEqual([]);
    expect(auditIn(world)).toEqual([]);
  });

  it('beyond it: said on the plan, by an event on both, and no proof; one that is fast again mends it', async () => {
    await start(5);
    const found = await slowDrill('one', 8);

    expect(found).toMatchObject({ result: 'Passed', recovery: 'Beyond', recoveryTimeSeconds: 5 });
    expect(found.timeToMitigateSeconds).toBeGreaterThan(5);
    expect(found.timeToMitigateSeconds).toBe(onRecord().mitigated);
    expect(reasonAtEnd()).toContain('beyond the recovery time of 5 s the model declares.');
    expect(drilled()).toMatchObject({ status: 'False', reason: 'RecoveryTooSlow' });
    expect(drilled()?.message).toContain('Make the plan faster, or promise what it can do.');
    expect(documented()).toContain('False/RecoveryTooSlow');
    expect(
      warnings()
        .map(({ regarding }) => regarding.kind)
        .toSorted(),
    ).toEqual(['MitigationPlan', 'ModelRisk']);

    await drill(world, 'two', sandbox);
    await world.pass(2);
    expect(lastDrillOf(planIn(world))).toMatchObject({ recovery: 'Within', recoveryTimeSeconds: 5 });
    expect(drilled()).toMatchObject({ status: 'True', reason: 'Passed' });
    expect(documented()).toContain('True/Complete');
  });

  it('is held to what was declared when it began: a promise loosened meanwhile or afterwards changes no record', async () => {
    await start(5);
    const letThrough = loseStages();
    askForDrill(world, 'one', sandbox);
    await world.pass(4);
    world.api.apply('modelrisks', aRisk(600));
    await world.pass(4);
    letThrough();
    await world.passUntil('answered', () => lastDrillOf(planIn(world)) !== null);
    await world.pass(2);

    expect(lastDrillOf(planIn(world))).toMatchObject({ recovery: 'Beyond', recoveryTimeSeconds: 5 });
    expect(specsOfDrills()).toMatchObject([{ recoveryTimeSeconds: 5 }]);
    expect(drilled()).toMatchObject({ status: 'False', reason: 'RecoveryTooSlow' });
    // The papers are held to what they say now.
    expect(documented()).toContain('True/Complete');
  });

  it('where none is declared is measured, and judged by nobody', async () => {
    await start(null);
    const found = await slowDrill('one', 8);
    expect(found).toMatchObject({ recovery: 'NotDeclared' });
    expect(found).not.toHaveProperty('recoveryTimeSeconds');
    expect(found.timeToMitigateSeconds).toBeGreaterThan(5);
    expect(specsOfDrills()).toEqual([{ scope: 'Sandbox', request: 'one' }]);
    expect(reasonAtEnd()).toContain('no recovery time of the model (documentation.continuity) is on record with it.');
    expect(drilled()).toMatchObject({ status: 'True' });
    expect(warnings()).toEqual([]);
    expect(documented()).toContain('Write documentation.continuity.');
  });

  it('keeps its time where the status is lost: the instants are on record', async () => {
    await start(5);
    const before = await slowDrill('one', 8);
    const { lastDrill: _, ...status } = planIn(world)['status'] as { readonly lastDrill: object };
    world.api.setStatus('mitigationplans', 'credit', status);
    await world.restart();
    await world.passUntil('told again', () => lastDrillOf(planIn(world)) !== null);
    await world.pass(2);

    const { timeToMitigateSeconds } = before;
    expect(lastDrillOf(planIn(world))).toMatchObject({
      result: 'Passed',
      recovery: 'Beyond',
      recoveryTimeSeconds: 5,
      timeToMitigateSeconds,
    });
    expect(documented()).toContain('False/RecoveryTooSlow');
    expect(drillsIn(world)).toHaveLength(1);
  });

  it('given up for a real breach in its first stage has measured nothing, and says so', async () => {
    await start(600);
    const letThrough = loseStages();
    askForDrill(world, 'one', sandbox);
    await world.pass(2);
    world.read(0.9);
    await world.pass(2);
    letThrough();
    await world.passUntil('given up', () => lastDrillOf(planIn(world)) !== null);
    await world.passUntil('engaged', () => shareIn(world) <= 10);
    expect(lastDrillOf(planIn(world))).toMatchObject({ result: 'Aborted', recovery: 'NotMeasured', recoveryTimeSeconds: 600 });
    expect(reasonAtEnd()).toContain('No stage came into effect on every target, so how long it takes was not measured.');
    expect(documented()).toContain('No drill of a plan for this model has passed');
  });
});

describe('a dry drill', () => {
  it('passes and proves nothing of time: not measured, on record and on the papers', async () => {
    await start(600);
    const found = await drill(world, 'one/DryRun', sandbox);
    await world.pass(2);

    expect(found).toMatchObject({ scope: 'DryRun', result: 'Passed', recovery: 'NotMeasured', recoveryTimeSeconds: 600 });
    expect(found).not.toHaveProperty('timeToMitigateSeconds');
    expect(found).not.toHaveProperty('timeToRestoreSeconds');
    const sentence = 'No traffic was moved, so how long it takes was not measured: it says nothing of the recovery time.';
    expect(reasonAtEnd()).toContain(sentence);
    expect(drilled()).toMatchObject({ status: 'True', message: expect.stringContaining(sentence) as unknown });
    expect(documented()).toContain('False/Missing: Tier High requires, and there is not: Continuity.');
    expect(documented()).toContain('a dry one moves no traffic');
  });

  it('takes the place of a live one before it, so the proof is gone until the next live one', async () => {
    await start(600);
    await drill(world, 'one', sandbox);
    await world.pass(2);
    expect(documented()).toContain('True/Complete');
    await drill(world, 'two/DryRun', sandbox);
    await world.pass(2);
    expect(documented()).toContain('False/Missing');
  });
});
