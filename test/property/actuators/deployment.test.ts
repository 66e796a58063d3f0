import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Claim, TargetObject, WorkloadFacts } from '../../../src/actuators/port.ts';
import { carryOver, sameTemplate } from '../../../src/actuators/deployment/template.ts';
import { canonicalJSON } from '../../../src/shared/canonical-json.ts';
import type { JSONValue } from '../../../src/shared/json.ts';
import {
  aDeployment,
  aDeploymentClaim,
  aRevision,
  aTemplate,
  actuator,
  around,
  edited,
  floor,
  passed,
  pin,
  specOf,
} from '../../builders/deployment.ts';
import { released } from '../../builders/http-route.ts';
import { holdsFor } from '../../builders/json-patch.ts';

const runs = { numRuns: 400 };
const versions = ['2.0.0', '2.1.0', '2.2.0', '2.3.0'] as const;

const anyVersion = fc.constantFrom(...versions);
const anyFacts: fc.Arbitrary<WorkloadFacts> = fc
  .shuffledSubarray([...versions], { minLength: 1 })
  .map((known) => ({ revisions: known.map((version, index) => aRevision(index + 1, aTemplate(version))), autoscaler: null }));

const anyClaim = (plan: string): fc.Arbitrary<Claim> =>
  fc
    .record({
      revision: fc.constantFrom(null, null, 1, 2),
      minReplicas: fc.integer({ min: 1, max: 6 }),
      age: fc.integer({ min: 0, max: 2 }),
    })
    .chain(({ revision, minReplicas, age }) => {
      const holder = { plan, planUID: plan, planCreatedAtMs: age };
      return fc.constantFrom(
        pin({ holder, target: { revision } }),
        floor(minReplicas, { holder }),
        aDeploymentClaim([], { holder, target: { revision } }),
      );
    });
const anyClaims = fc.subarray(['a', 'b', 'c'], { minLength: 1 }).chain((plans) => fc.tuple(...plans.map(anyClaim)));

/** Somebody writes a version, a number of replicas, or one more variable into the pods. */
type Edit = { readonly version: string } | { readonly replicas: number } | { readonly variable: string };
const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  anyVersion.map((version) => ({ version })),
  fc.integer({ min: 0, max: 9 }).map((replicas) => ({ replicas })),
  fc.constantFrom('A', 'B').map((variable) => ({ variable })),
);

interface Story {
  readonly live: TargetObject;
  readonly wanted: TargetObject;
}

type Container = {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
};
type Template = { readonly spec: { readonly containers: readonly Container[] }; readonly [key: string]: JSONValue };

function withServer(live: TargetObject, change: (server: Container) => Container): Template {
  const template = specOf(live).template as unknown as Template;
  const [server, ...others] = template.spec.containers;
  if (server === undefined) throw new Error('no container');
  return { ...template, spec: { ...template.spec, containers: [change(server), ...others] } };
}

/** The same edit of what stands and of what users want; writing what stands there already can't be told from leaving it alone. */
function editBoth({ live, wanted }: Story, edit: Edit): Story {
  const change = (object: TargetObject): { readonly [key: string]: JSONValue } => {
    if ('replicas' in edit) return { replicas: edit.replicas };
    const template = withServer(object, (server) =>
      'version' in edit
        ? { ...server, image: `models/credit:${edit.version}` }
        : { ...server, env: [...(server.env ?? []).filter(({ name }) => name !== edit.variable), { name: edit.variable, value: '1' }] },
    );
    return { template };
  };
  const next = { ...(live.spec as object), ...change(live) };
  const isNone = canonicalJSON(next) === canonicalJSON(live.spec ?? null);
  return isNone ? { live, wanted } : { live: edited(live, change(live)), wanted: edited(wanted, change(wanted)) };
}

/** Variables are told apart by name: their order is nobody's wish. */
function wish(live: TargetObject): string {
  const template = withServer(live, (server) => ({ ...server, env: (server.env ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1)) }));
  return canonicalJSON({ ...(live.spec as object), template });
}

describe('laws of the actuator of Deployments', () => {
  it('after any edits by others a release gives back what they want, and nothing of ours is left', () => {
    fc.assert(
      fc.property(anyFacts, anyClaims, fc.array(anyEdit, { maxLength: 5 }), (facts, claims, edits) => {
        const surroundings = around(facts);
        let story: Story = { live: passed(aDeployment(), claims, { surroundings }).live, wanted: aDeployment() };
        for (const edit of edits) {
          const next = editBoth(story, edit);
          story = { ...next, live: passed(next.live, claims, { surroundings }).live };
        }
        const back = released(story.live, { actuator });
        expect(wish(back)).toBe(wish(story.wanted));
        const { generation: _now, ...metadata } = back.metadata as Record<string, JSONValue>;
        const { generation: _then, ...before } = story.wanted.metadata as Record<string, JSONValue>;
        expect(metadata).toEqual(before);
      }),
      runs,
    );
  });

  it('a pass after a pass changes nothing, and never fewer replicas than users want or any plan asks for', () => {
    fc.assert(
      fc.property(anyFacts, anyClaims, (facts, claims) => {
        const surroundings = around(facts);
        const { live, actuation } = passed(aDeployment(), claims, { surroundings });
        if (actuation.kind === 'Refused') return;
        expect(passed(live, claims, { surroundings }).actuation.kind).toBe('Unchanged');
        const floors = claims.flatMap(({ constraints }) =>
          constraints.flatMap((each) => (each.kind === 'Replicas' ? [each.minReplicas] : [])),
        );
        expect(specOf(live).replicas).toBe(Math.max(2, ...floors));
      }),
      runs,
    );
  });

  it('the order in which plans come leaves no trace', () => {
    fc.assert(
      fc.property(anyFacts, anyClaims, fc.array(fc.nat(), { minLength: 3, maxLength: 3 }), (facts, claims, draws) => {
        const surroundings = around(facts);
        const shuffled = claims.map((claim, index) => ({ claim, at: draws[index] ?? 0 })).toSorted((a, b) => a.at - b.at);
        const one = passed(aDeployment(), claims, { surroundings });
        const other = passed(
          aDeployment(),
          shuffled.map(({ claim }) => claim),
          { surroundings },
        );
        expect([other.live, other.actuation]).toEqual([one.live, one.actuation]);
      }),
      runs,
    );
  });

  it('an edit of the spec in between makes every patch fail', () => {
    fc.assert(
      fc.property(anyFacts, anyClaims, anyEdit, (facts, claims, edit) => {
        const { actuation } = passed(aDeployment(), claims, { surroundings: around(facts) });
        if (actuation.kind !== 'Patch' || !actuation.moves) return;
        const { live } = editBoth({ live: aDeployment(), wanted: aDeployment() }, edit);
        expect(holdsFor(live, actuation.operations)).toBe(canonicalJSON(live) === canonicalJSON(aDeployment()));
      }),
      runs,
    );
  });
});

describe('laws of carrying an edit over', () => {
  const anyTemplate = fc
    .record({ version: anyVersion, names: fc.subarray(['A', 'B', 'C']), value: fc.constantFrom('1', '2') })
    .map(({ version, names, value }) => aTemplate(version, { env: names.map((name) => ({ name, value })) }));

  it('no edit leaves the other as it is; an edit of the same gives the edit', () => {
    fc.assert(
      fc.property(anyTemplate, anyTemplate, (a, b) => {
        expect(carryOver({ base: a, edited: a, onto: b })).toEqual(b);
        expect(sameTemplate((carryOver({ base: a, edited: b, onto: a }) ?? {}) as typeof a, b)).toBe(true);
      }),
      runs,
    );
  });
});
