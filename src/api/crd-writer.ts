import * as z from 'zod';
import type { JSONValue } from '../shared/json.ts';
import type { CELRule } from './cel.ts';
import type { Kind, PrinterColumn } from './kind.ts';
import { group, version } from './kind.ts';
import { toStructuralSchema } from './structural-schema.ts';
import type { Schema } from './structural-schema.ts';

type AnyKind = Kind<z.ZodType, z.ZodType | null>;

/** `kubectl get riskprogramme` lists every kind. No name of a kind: `kubectl delete modelrisk --all` would delete policies and records too. */
const category = 'riskprogramme';

/** The CustomResourceDefinition of a kind, as plain data. Throws when a schema uses what a CRD cannot say. */
export function writeCRD(kind: AnyKind): Schema {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${kind.plural}.${group}`,
      labels: { 'app.kubernetes.io/name': 'modelrisk-operator', 'app.kubernetes.io/component': 'crd' },
    },
    spec: {
      group,
      scope: kind.scope,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
        shortNames: kind.shortNames,
        categories: [category],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          ...(kind.status === null ? {} : { subresources: { status: {} } }),
          additionalPrinterColumns: kind.printerColumns.map(writeColumn),
          ...(kind.selectableFields.length === 0 ? {} : { selectableFields: kind.selectableFields.map((jsonPath) => ({ jsonPath })) }),
          schema: { openAPIV3Schema: writeSchema(kind) },
        },
      ],
    },
  };
}

function writeSchema(kind: AnyKind): Schema {
  return {
    type: 'object',
    description: kind.description,
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: `${group}/${version}.` },
      kind: { type: 'string', description: `${kind.kind}.` },
      metadata: { type: 'object' },
      spec: toStructuralSchema(jsonSchemaOf(kind.spec), { defaults: true }),
      ...(kind.status === null ? {} : { status: toStructuralSchema(jsonSchemaOf(kind.status), { defaults: false }) }),
    },
    ...(kind.rules.length === 0
      ? {}
      : { 'x-kubernetes-validations': kind.rules as readonly (CELRule & { readonly [key: string]: JSONValue })[] }),
  };
}

function jsonSchemaOf(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' }) as unknown as Schema;
}

function writeColumn(column: PrinterColumn): Schema {
  const { name, type, jsonPath, description, priority } = column;
  return { name, type, jsonPath, description, ...(priority === undefined ? {} : { priority }) };
}
