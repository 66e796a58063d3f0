import * as z from 'zod';
import { digest, mapList, name, objectName, requiredText, setList, text } from './fields.ts';
import { group, version } from './kind.ts';
import type { Kind } from './kind.ts';

export const maxGateRoles = 16;

const approved = z
  .object({
    version: requiredText(128, 'Version of the model.'),
    imageDigest: digest(
      'Digest of the image it was signed with: a container must run from it. Left out: an image tag or a path must say the version.',
    ).exactOptional(),
  })
  .meta({ description: 'One version that may be deployed.' });

const workload = z
  .object({
    kind: requiredText(63, 'Kind of the workload.'),
    name: objectName('Workload in this namespace.'),
  })
  .meta({ description: 'One object that serves the model, whatever labels it has.' });

const model = z
  .object({
    risk: objectName('ModelRisk; what workloads name in the label modelrisk.dev/model.'),
    tier: text(63, 'Tier of the model; empty while it is in none.'),
    signOffs: z.enum(['Required', 'NotRequired']).meta({
      description: 'NotRequired: its tier asks for no sign-offs, so every version may be deployed.',
    }),
    roles: setList(name('Role.'), { max: maxGateRoles, description: 'Roles that have to sign a version.' }),
    approved: mapList(approved, 'version', { max: 16, description: 'Versions with all sign-offs.' }),
    workloads: mapList(workload, ['kind', 'name'], {
      max: 16,
      description: 'What the model runs on (workloadRefs), as it is written and as it was signed.',
    }),
  })
  .meta({ description: 'What may be deployed of one model.' });

/** An index of more would not fit into one object. */
export const mostGatedModels = 512;

const spec = z
  .object({
    models: mapList(model, 'risk', { max: mostGatedModels, description: 'Models of this namespace; a workload of any other is refused.' }),
  })
  .meta({ description: 'What may be deployed in this namespace.' });

/** A type alias, so that it is JSON too. */
export type GatedEntry = z.output<typeof model>;

/** The one gate of a namespace: admission policies look it up by this name. */
export const gateName = 'gate';

export const riskGateKind = {
  kind: 'RiskGate',
  plural: 'riskgates',
  shortNames: ['rgate'],
  scope: 'Namespaced',
  description:
    'What may be deployed in a namespace with the label modelrisk.dev/gate, read by the admission policy deployment-gate. Written by the operator only.',
  spec,
  status: null,
  printerColumns: [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation.' }],
  selectableFields: [],
  rules: [{ rule: "self.metadata.name == 'gate'", message: 'a namespace has one RiskGate: call it gate' }],
} as const satisfies Kind<typeof spec, null>;

/** Where the API server serves them. */
export const riskGates = { group, version, plural: riskGateKind.plural, kind: riskGateKind.kind, namespaced: true } as const;
