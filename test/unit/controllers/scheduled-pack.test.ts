import { afterEach, describe, expect, it } from '@jest/globals';
import { controlsOf, makePack } from '../../../src/cli/pack.ts';
import type { ReportDocument } from '../../../src/core/report/document.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { withValue } from '../../builders/api.ts';
import { applyGuardedModelTo, memoryPolicy, memoryRisk, startMemoryOperator } from '../../builders/memory-operator.ts';
import type { MemoryOperator } from '../../builders/memory-operator.ts';
import { anIncident } from '../../builders/reported.ts';
import { conditionOf } from '../../builders/traffic-view.ts';

const receivers = [{ name: 'bus', cloudEvents: { url: 'http://events.example/in' } }];
const pack = { name: 'pack', receiver: 'bus', kind: 'Pack', startingAt: '2026-06-01T12:00:10Z', everySeconds: 86_400, format: 'json' };

let world: MemoryOperator;
afterEach(() => world.stop());

function policyWith(report: object): object {
  const policy = memoryPolicy() as { readonly spec: object };
  return { ...policy, spec: { ...policy.spec, receivers, reports: [report], tiers: [{ name: 'High' }] } };
}

async function start(report: object, ...more: readonly (readonly [plural: string, object: object])[]): Promise<void> {
  world = await startMemoryOperator((api) => {
    applyGuardedModelTo(api);
    const risk = memoryRisk() as { readonly spec: object };
    api.apply('modelrisks', { ...risk, spec: { ...risk.spec, suspend: 'Hold' } });
    api.apply('riskpolicies', policyWith(report));
    for (const [plural, object] of more) api.apply(plural, object);
  });
  await world.clock.advance(30_000);
}

interface Sent {
  readonly title: string;
  readonly scope: string;
  readonly content: string;
}

function sent(): Sent {
  const [first] = world.notices;
  if (first === undefined) throw new Error('nothing was sent');
  return (JSON.parse(first.message.body) as { readonly data: Sent }).data;
}

const documentSent = (): ReportDocument => JSON.parse(sent().content) as ReportDocument;

function rowsOf({ sections }: ReportDocument, heading: string): readonly (readonly string[])[] {
  const blocks = sections.find((each) => each.heading === heading)?.blocks ?? [];
  return blocks.flatMap((block) => (block.kind === 'Table' ? block.rows.map(({ cells }) => cells) : []));
}

/** As whoever may read everything there is would get it from the command. */
async function byCommand(framework: string | null): Promise<ReportDocument> {
  const { api, clock } = world;
  const lister = (plural: string) => ({
    listPage: () => Promise.resolve(success({ items: api.list(plural), continueToken: null, resourceVersion: '1' })),
    get: ({ namespace, name }: { readonly namespace: string | null; readonly name: string }) => {
      const found = api.get(plural, name, namespace ?? '');
      return Promise.resolve(found === null ? failure({ kind: 'NotFound', status: 404, message: 'not found' } as never) : success(found));
    },
  });
  const clients = {
    ...{ risks: lister('modelrisks'), plans: lister('mitigationplans'), incidents: lister('riskincidents'), kinds: [] },
    ...{ decisions: lister('riskdecisions'), policies: lister('riskpolicies'), heads: lister('riskchainheads') },
  };
  const frameworks = controlsOf(null);
  if (!frameworks.ok) throw new Error(frameworks.failure);
  const made = await makePack(
    clients,
    { framework, format: 'json', frameworks: frameworks.value },
    { namespace: null, nowMs: clock.nowMs() },
  );
  if (!made.ok) throw new Error(made.failure);
  return JSON.parse(made.value) as ReportDocument;
}

describe('a scheduled pack', () => {
  it('says of each control what the command says, of the models under its policy', async () => {
    await start(pack);
    const [mine, theirs] = [documentSent(), await byCommand(null)];
    expect(sent()).toMatchObject({ title: 'Regulator pack', scope: 'all namespaces under RiskPolicy default' });
    expect(mine.sections.length).toBeGreaterThan(8);
    expect(mine.sections.slice(1)).toEqual(theirs.sections.slice(1));
    expect(JSON.stringify(mine.sections[0])).toContain('only those are known here that the operator reads to act on');
    expect(conditionOf(world.api.get('riskpolicies', 'default', '') ?? ({} as never), 'ReportsDelivered')).toMatchObject({
      reason: 'Delivered',
    });
  });

  it('of one framework holds that one, in words that need not be exact', async () => {
    await start({ ...pack, framework: 'eu ai act' });
    const headings = documentSent().sections.map(({ heading }) => heading);
    expect(headings).toEqual(['What this is', 'EU AI Act', 'Evidence', 'Missing, object by object']);
  });

  it('of a framework nobody knows is not sent; the condition names those there are', async () => {
    await start({ ...pack, framework: 'Third Act' });
    expect(world.notices).toEqual([]);
    expect(conditionOf(world.api.get('riskpolicies', 'default', '') ?? ({} as never), 'ReportsDelivered')).toMatchObject({
      status: 'False',
      message: expect.stringMatching(/framework Third Act is not in the controls: name one of NIST AI RMF, .*EU AI Act/) as unknown,
    });
  });

  it('finds a record that does not hash to what was written, and a workload nobody registered', async () => {
    const labels = { 'modelrisk.dev/model': 'stray' };
    const stray = {
      apiVersion: 'serving.kserve.io/v1beta1',
      kind: 'InferenceService',
      metadata: { name: 'stray', namespace: 'lending', labels },
    };
    await start(pack, ['riskincidents', withValue(anIncident('ri-edited'), 'spec.riskRef.name', 'credit')], ['inferenceservices', stray]);
    const missing = rowsOf(documentSent(), 'Missing, object by object');
    expect(missing).toContainEqual(['RiskIncident lending/ri-edited', 'Record', expect.stringMatching(/does not hash|in no chain/)]);
    expect(missing).toContainEqual(['InferenceService lending/stray', 'Inventory', expect.stringContaining('no ModelRisk speaks for it')]);
  });

  it('computes no record of hundreds of incidents again, in a process that protects: it is then no evidence, and said', async () => {
    const incidents = Array.from({ length: 201 }, (_, each) => {
      const incident = withValue(anIncident(`ri-${String(each)}`), 'spec.riskRef.name', 'credit');
      return ['riskincidents', incident] as const;
    });
    await start(pack, ...incidents);
    await world.clock.advance(60_000);
    const text = JSON.stringify(documentSent().sections[0]);
    expect(text).toContain('The record of namespace lending is not computed again here: it has more than 200 incidents');
    expect(
      rowsOf(documentSent(), 'Evidence')
        .find(([name]) => name === 'Record')
        ?.join(),
    ).not.toContain('Evidenced');
  });
});
