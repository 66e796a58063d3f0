import * as z from 'zod';
import { count, mapList, objectName, text } from './fields.ts';
import { readerOf } from './kind.ts';
import type { Kind } from './kind.ts';

const incident = objectName('RiskIncident.');
const hash = (description: string) => text(71, description);

const tail = z
  .object({ incident, seq: count(Number.MAX_SAFE_INTEGER, 'Place of the last entry.'), hash: hash('Hash of the last entry.') })
  .meta({ description: 'Last entry of one incident.' });

const spec = z
  .object({
    tails: mapList(tail, 'incident', {
      max: 256,
      description: 'Last entry of each of the newest incidents: what a verifier compares, so that a cut record shows.',
    }).default([]),
    last: z
      .object({ incident, hash: hash('Hash of its entry 0.') })
      .meta({ description: 'Incident opened last: the next one links its entry 0 to it.' })
      .exactOptional(),
  })
  .meta({ description: 'Head of the chain of records.' });

const status = z.object({});

/** The one object of this kind in a namespace. */
export const chainHeadName = 'chain';

export const riskChainHeadKind = {
  kind: 'RiskChainHead',
  plural: 'riskchainheads',
  shortNames: ['rchain'],
  scope: 'Namespaced',
  description: 'Head of the hash chain of the RiskIncidents of a namespace, written by the operator only.',
  spec,
  status: null,
  printerColumns: [
    { name: 'Last', type: 'string', jsonPath: '.spec.last.incident', description: 'Incident opened last.' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation.' },
  ],
  selectableFields: [],
  rules: [{ rule: `self.metadata.name == '${chainHeadName}'`, message: `a namespace has one chain head: name it ${chainHeadName}` }],
} as const satisfies Kind<typeof spec, null>;

export const parseRiskChainHead = readerOf({ ...riskChainHeadKind, status });
