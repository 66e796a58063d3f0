import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { APIError } from '../../../testbed/api-client.ts';
import type { KubeObject } from '../../../testbed/api-client.ts';
import { connectControlPlane } from '../../../testbed/connect.ts';
import type { ConnectedControlPlane } from '../../../testbed/connect.ts';
import { installCRDs } from '../../../testbed/crds.ts';
import { parseMitigationPlan } from '../../../src/api/mitigation-plan.ts';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { parseRiskPolicy } from '../../../src/api/risk-policy.ts';
import { decisionManifest, incidentManifest, modelRiskManifest, planManifest, riskPolicyManifest, withValue } from '../../builders/api.ts';
import type { Manifest } from '../../builders/api.ts';
import { resourceOf, resources } from '../../builders/api-resources.ts';
import { celCases, furtherCases, transitionCases } from './cel-cases.ts';
import { backlogCases } from './cel-cases-of-backlog.ts';
import { journalCases, journalTransitions } from './cel-cases-of-journals.ts';
import { furtherTierCases, tierCases } from './cel-cases-of-tiers.ts';
import { signingCases } from './cel-cases-of-signing.ts';
import { lossCases } from './loss-cel-cases.ts';

let plane: ConnectedControlPlane;
let namespace: string;

beforeAll(async () => {
  plane = connectControlPlane();
  await installCRDs(plane, 'crds');
  namespace = await plane.createNamespace();
}, 60_000);

afterAll(() => plane.close());

/** In the namespace of this test, or in none for a cluster-scoped kind. */
function here(manifest: Manifest): Manifest {
  return manifest.kind === 'RiskPolicy' ? manifest : withValue(manifest, 'metadata.namespace', namespace);
}

async function refusal(attempt: Promise<KubeObject>): Promise<APIError> {
  const error: unknown = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof APIError)) throw new Error(error instanceof Error ? error.message : 'the object was accepted', { cause: error });
  return error;
}

async function dryRun(manifest: Manifest): Promise<KubeObject> {
  return plane.client.create(resourceOf(manifest.kind), here(manifest), { dryRun: true });
}

/** What the API server says of one broken field, without its "Invalid value" preamble. */
function causesOf(error: APIError): readonly { readonly field: string; readonly message: string }[] {
  return error.causes.map(({ field = '', message = '' }) => ({
    field: field.replace('<nil>', ''),
    message: message.replace(/^(Invalid value|Forbidden)(: "[^"]*")?: /, ''),
  }));
}

describe('definitions', () => {
  it.each(Object.keys(resources))('of %s are Established', async (kind) => {
    const definition = await plane.client.get(
      { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' },
      { name: `${resourceOf(kind).plural}.modelrisk.dev` },
    );
    const { conditions } = definition['status'] as { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
    expect(conditions.map(({ type, status }) => `${type}=${status}`)).toEqual(
      expect.arrayContaining(['Established=True', 'NamesAccepted=True']),
    );
    expect(conditions.find(({ type }) => type === 'NonStructuralSchema')).toBeUndefined();
  });

  // The server read `required: []` as absent, so that every unforced server-side apply was a conflict.
  it('are stored as they are written: applying them again changes nothing', async () => {
    const applied = await plane.kubectl(['diff', '--server-side', '-f', 'crds']);
    expect(applied).toMatchObject({ code: 0, stdout: '' });
  }, 30_000);

  it('take the library of signals as it ships', async () => {
    const applied = await plane.kubectl(['apply', '--server-side', '--dry-run=server', '-f', 'config/signals/risk-policy.yaml']);
    expect(applied).toMatchObject({ code: 0, stderr: '' });
  }, 30_000);

  it('explain their fields', async () => {
    const { stdout } = await plane.kubectl(['explain', 'mitigationplan.spec.targets.httpRoute.safe.minReadyEndpoints']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('before traffic moves to it. Default 1.');
  });

  it('answer to short names and the category', async () => {
    expect(await plane.kubectl(['get', 'mrisk,mplan,rincident,rdecision,rchain,tjournal,rgate', '-n', namespace])).toMatchObject({
      code: 0,
    });
    expect(await plane.kubectl(['get', 'modelrisk', '-n', namespace])).toMatchObject({ code: 0 });
  });
});

describe('rules', () => {
  it('each have a case, and no case is of a rule that is gone', () => {
    const rules = readdirSync('crds').flatMap((file) => {
      const text = readFileSync(`crds/${file}`, 'utf8');
      const { spec } = parse(text) as { readonly spec: { readonly names: { readonly kind: string } } };
      const messages: string[] = [];
      JSON.stringify(parse(text), (key, value: unknown) => {
        if (key === 'x-kubernetes-validations')
          messages.push(...(value as readonly { readonly message: string }[]).map(({ message }) => message));
        return value;
      });
      return messages.map((message) => `${spec.names.kind}: ${message}`);
    });
    const cases = [
      ...celCases,
      ...lossCases,
      ...backlogCases,
      ...tierCases,
      ...signingCases,
      ...journalCases,
      ...transitionCases,
      ...journalTransitions,
    ].map(({ kind, message }) => `${kind}: ${message}`);
    expect(cases.sort()).toEqual(rules.sort());
  });

  it.each([
    ...celCases,
    ...lossCases,
    ...backlogCases,
    ...tierCases,
    ...signingCases,
    ...journalCases,
    ...furtherCases,
    ...furtherTierCases,
  ])('$kind: $message', async ({ accept, reject, field, message }) => {
    await dryRun(accept);
    const error = await refusal(dryRun(reject));
    expect(error.status).toBe(422);
    expect(causesOf(error)).toEqual([{ field, message }]);
  });

  it.each([...transitionCases, ...journalTransitions])('$kind: $message', async ({ kind, accept, reject, field, message }) => {
    const resource = resourceOf(kind);
    // A journal has no name but its own.
    const name = kind === 'TargetJournal' ? accept.metadata.name : 'transition';
    const named = (manifest: Manifest): Manifest => here(withValue(manifest, 'metadata.name', name));
    const { metadata } = await plane.client.create(resource, named(withValue(accept, 'metadata.labels', undefined)));
    const at = (manifest: Manifest): KubeObject => withValue(named(manifest), 'metadata.resourceVersion', metadata.resourceVersion);
    const error = await refusal(plane.client.update(resource, at(reject)));
    expect(causesOf(error)).toEqual([{ field, message }]);
    await plane.client.update(resource, at(accept));
  });
});

describe('bad input', () => {
  it.each([
    {
      what: 'a quoted decimal',
      path: 'spec.indicators[0].threshold.breach',
      value: '0.8',
      field: 'spec.indicators[0].threshold.breach',
      says: /must be of type number: "string"/,
    },
    {
      what: 'an unknown word',
      path: 'spec.indicators[0].threshold.direction',
      value: 'Up',
      field: 'spec.indicators[0].threshold.direction',
      says: /supported values: "Above", "Below"/,
    },
    { what: 'a missing field', path: 'spec.owner.contact', value: undefined, field: 'spec.owner.contact', says: /Required value/ },
    {
      what: 'a number out of bounds',
      path: 'spec.evaluationIntervalSeconds',
      value: 0,
      field: 'spec.evaluationIntervalSeconds',
      says: /greater than or equal to 1/,
    },
    {
      what: 'an indicator twice',
      path: 'spec.indicators[1].name',
      value: 'approval-parity',
      field: 'spec.indicators[1]',
      says: /Duplicate value/,
    },
    {
      what: 'a text that is too long',
      path: 'spec.risks[0].summary',
      value: 'x'.repeat(1025),
      field: 'spec.risks[0].summary',
      says: /may not be more than 1024/,
    },
    {
      what: 'a name that is none',
      path: 'spec.indicators[0].name',
      value: 'Approval Parity',
      field: 'spec.indicators[0].name',
      says: /should match/,
    },
  ])('$what is refused by field', async ({ path, value, field, says }) => {
    const error = await refusal(dryRun(withValue(modelRiskManifest(), path, value)));
    const cause = error.causes.find((each) => each.field === field);
    expect(cause?.message).toMatch(says);
  });

  it.each([
    { manifest: modelRiskManifest(), path: 'spec.paperwork', value: 'High' },
    { manifest: planManifest(), path: 'spec.stages[0].notify', value: 'oncall' },
    { manifest: riskPolicyManifest(), path: 'spec.teams', value: [] },
    { manifest: decisionManifest(), path: 'spec.approver', value: 'ana' },
  ])('$path is warned of, not swallowed', async ({ manifest, path, value }) => {
    const { group, version, plural } = resourceOf(manifest.kind);
    const scope = manifest.kind === 'RiskPolicy' ? '' : `/namespaces/${namespace}`;
    const answer = await plane.client.raw({
      method: 'POST',
      path: `/apis/${group}/${version}${scope}/${plural}?dryRun=All&fieldValidation=Warn`,
      body: here(withValue(manifest, path, value)),
    });
    expect(answer.status).toBe(201);
    expect(answer.warnings.join()).toContain(`unknown field \\"${path}\\"`);
  });
});

describe('what is stored', () => {
  it.each([
    { manifest: modelRiskManifest(), parse: parseModelRisk },
    { manifest: planManifest(), parse: parseMitigationPlan },
    { manifest: riskPolicyManifest(), parse: parseRiskPolicy },
  ])('$manifest.kind has the defaults the program would fill in', async ({ manifest, parse }) => {
    const answered = await dryRun(manifest);
    // A dry run stores nothing, so it answers no resourceVersion.
    const filled = parse(withValue(answered, 'metadata.resourceVersion', '1'));
    const written = parse({ ...withValue(answered, 'metadata.resourceVersion', '1'), spec: manifest.spec });
    expect(filled.ok && written.ok).toBe(true);
    expect(filled.ok && filled.value.spec).toEqual(written.ok && written.value.spec);
  });

  it('does not carry numbers a playbook will supply', async () => {
    const { spec } = (await dryRun(modelRiskManifest())) as unknown as { readonly spec: { readonly indicators: readonly object[] } };
    expect(spec).not.toHaveProperty('evaluationIntervalSeconds');
    expect(spec.indicators[0]).not.toHaveProperty('onNoData');
    expect(spec.indicators[0]).toHaveProperty('onError', 'Hold');
  });

  it('keeps the whole snapshot of an incident', async () => {
    const manifest = incidentManifest();
    const { spec } = (await dryRun(manifest)) as unknown as { readonly spec: { readonly snapshot: unknown } };
    expect(spec.snapshot).toEqual(manifest.spec['snapshot']);
  });

  it('keeps decimals as they are written', async () => {
    const decimals = [0.1, 0.25, 0.8, 1e-7];
    for (const breach of decimals) {
      const manifest = withValue(modelRiskManifest(), 'spec.indicators[2].threshold.breach', breach);
      const { spec } = (await dryRun(manifest)) as unknown as {
        readonly spec: { readonly indicators: readonly { readonly threshold: { readonly breach: number } }[] };
      };
      expect(spec.indicators[2]?.threshold.breach).toBe(breach);
    }
  });

  it('is selected by the fields the definitions name', async () => {
    await plane.client.create(resources.MitigationPlan, here(planManifest()));
    const select = (risk: string) =>
      plane.kubectl(['get', 'mplan', '-n', namespace, '--field-selector', `spec.riskRef.name=${risk}`, '-o', 'name']);
    expect((await select('credit-default')).stdout.trim()).toBe('mitigationplan.modelrisk.dev/credit-default');
    expect((await select('other')).stdout.trim()).toBe('');
  });
});
