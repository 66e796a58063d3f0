import * as z from 'zod';
import type { FactEnd } from '../core/fact-chain.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { count, instant, mapList, objectName, text } from './fields.ts';
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
    facts: z
      .object({
        run: text(64, 'Run of the operator that told it, as the fact says.'),
        seq: count(Number.MAX_SAFE_INTEGER, 'Place of the fact in that run.'),
        hash: hash('Hash of the fact.'),
        at: instant('When the audit sink had acknowledged it.'),
      })
      .meta({ description: 'Newest fact the audit sink has acknowledged: the next run of the operator links its first fact to it.' })
      .exactOptional(),
  })
  .meta({ description: 'Head of the chain of records, or of facts.' });

const status = z.object({});

/** The one object of this kind in a namespace with records. */
export const chainHeadName = 'chain';

/** And the one in the namespace of the operator that knows the newest fact. */
export const factHeadName = 'facts';

export const riskChainHeadKind = {
  kind: 'RiskChainHead',
  plural: 'riskchainheads',
  shortNames: ['rchain'],
  scope: 'Namespaced',
  description:
    'Head of the hash chain of the RiskIncidents of a namespace, or of the facts for the audit sink; written by the operator only.',
  spec,
  status: null,
  printerColumns: [
    { name: 'Last', type: 'string', jsonPath: '.spec.last.incident', description: 'Incident opened last.' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation.' },
  ],
  selectableFields: [],
  rules: [
    {
      rule: `self.metadata.name in ['${chainHeadName}', '${factHeadName}']`,
      message: `a namespace has one chain head: name it ${chainHeadName}, or ${factHeadName} for that of the facts`,
    },
  ],
} as const satisfies Kind<typeof spec, null>;

export const parseRiskChainHead = readerOf({ ...riskChainHeadKind, status });

/** What the head of the facts says; a failure is one sentence. */
export function toFactEnd(object: unknown): Result<FactEnd, string> {
  const parsed = parseRiskChainHead(object);
  if (!parsed.ok) return failure(parsed.failure.join('; '));
  const { metadata, spec: said } = parsed.value;
  return success({ chain: metadata.uid, ...(said.facts ?? { run: '', seq: -1, hash: '', at: '' }) });
}
