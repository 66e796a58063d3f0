import fc from 'fast-check';
import type { ReportAsk } from '../../src/report/compose.ts';
import type { ReportObjects } from '../../src/report/objects.ts';
import { withValue } from './api.ts';
import type { Manifest } from './api.ts';
import {
  anIncident,
  churnModel,
  conditions,
  creditModel,
  engagedPlan,
  reportedObjects,
  reportedPolicy,
  someDecisions,
  unreadable,
  unseenModel,
} from './reported.ts';

const instant = fc
  .integer({ min: 0, max: 400 })
  .map((days) => new Date(Date.parse('2025-08-01T00:00:00Z') + days * 86_400_000).toISOString());
const condition = fc.constantFrom<readonly [string, string]>(
  ['True', 'Complete'],
  ['False', 'Missing'],
  ['False', 'Overdue'],
  ['True', 'DueSoon'],
  ['Unknown', 'PolicyMissing'],
);

const status = fc.record(
  {
    conditions: fc
      .record({ Documented: condition, ReviewCurrent: condition, SignedOff: condition, Breached: condition }, { requiredKeys: [] })
      .map((found) => conditions(found)),
    tier: fc.constantFrom('High', 'Medium', 'Special').map((inherent) => ({ inherent, message: 'So it is.' })),
    missingSignOffs: fc.subarray(['product', 'compliance']),
    review: fc.record({ last: instant, next: instant }, { requiredKeys: [] }),
    expectedAnnualLoss: fc.record(
      {
        value: fc.nat(1e9),
        low: fc.nat(1e6),
        high: fc.nat(1e9),
        inherent: fc.nat(1e9),
        residual: fc.nat(1e9),
        liveSharePercent: fc.nat(100),
        currency: fc.constantFrom('USD', 'EUR'),
      },
      { requiredKeys: ['value', 'low', 'high', 'inherent', 'residual', 'liveSharePercent'] },
    ),
  },
  { requiredKeys: [] },
);

const model: fc.Arbitrary<Manifest> = fc
  .tuple(fc.constantFrom(creditModel, churnModel, unseenModel), status, fc.nat(5), fc.constantFrom('1', '2'))
  .map(([make, found, number, version]) => {
    const made = make();
    const { namespace = '' } = made.metadata;
    return {
      ...withValue(made, 'spec.model.version', version),
      metadata: { ...made.metadata, name: `model-${String(number)}`, namespace },
      status: found,
    };
  });

const entries = fc.array(fc.tuple(fc.constantFrom('Engaged', 'Verified', 'Acknowledged', 'Released', 'Closed', 'WouldApply'), instant), {
  minLength: 1,
  maxLength: 4,
});

const incident: fc.Arbitrary<Manifest> = fc
  .record({
    openedAt: instant,
    severity: fc.constantFrom('Critical', 'High', 'Medium', 'Low'),
    of: fc.constantFrom('credit-default', 'model-0', 'model-1'),
    drill: fc.boolean(),
    closed: fc.boolean(),
    due: fc.option(instant, { nil: null }),
    entries,
  })
  .map(({ openedAt, severity, of, drill, closed, due, entries: types }) =>
    withValue(
      anIncident(`ri-${openedAt}`, {
        spec: { openedAt, severity, ...(drill ? { drill: { scope: 'DryRun' } } : {}) },
        status: {
          ...(closed ? { closedAt: openedAt } : {}),
          deadlines: due === null ? [] : [{ name: 'ai-act', due, warnAt: due, state: 'Open' }],
        },
        types,
      }),
      'spec.riskRef.name',
      of,
    ),
  );

const nameOf = ({ metadata: { namespace = '', name } }: Manifest): string => `${namespace}/${name}`;
const distinct = (each: fc.Arbitrary<Manifest>, maxLength: number) => fc.uniqueArray(each, { selector: nameOf, maxLength });

/** Any state of a programme, the corners of `reportedObjects` among them. */
export const anyObjects: fc.Arbitrary<ReportObjects> = fc
  .record({
    models: distinct(model, 5),
    incidents: distinct(incident, 6),
    isKept: fc.boolean(),
    hasPlan: fc.boolean(),
    isObserving: fc.boolean(),
    hasPolicy: fc.boolean(),
    isStrange: fc.boolean(),
    decisions: fc.subarray([...someDecisions()]),
  })
  .map(({ models, incidents, isKept, hasPlan, isObserving, hasPolicy, isStrange, decisions }) => {
    const kept = isKept ? [creditModel()] : [];
    const plan = isObserving ? withValue(engagedPlan(), 'status.conditions[0].reason', 'Observing') : engagedPlan();
    return reportedObjects({
      modelRisks: [...models, ...kept, ...(isStrange ? [unreadable('strange')] : [])],
      plans: hasPlan ? [plan] : [],
      ...{ incidents, decisions },
      policies: hasPolicy ? [reportedPolicy()] : [],
    });
  });

/** Everything there is to ask of these objects. */
export function asksOf({ modelRisks }: ReportObjects): readonly ReportAsk[] {
  const models = (modelRisks as readonly Manifest[]).filter(({ metadata }) => metadata.name !== 'strange');
  const tiers = models.flatMap(({ status: found }) => (found as { tier?: { inherent: string } } | undefined)?.tier?.inherent ?? []);
  return [
    { kind: 'Programme', namespace: null, periodDays: 90 },
    { kind: 'Programme', namespace: 'lending', periodDays: 365 },
    ...[...new Set(tiers)].map((tier) => ({ kind: 'Tier' as const, tier, namespace: null, periodDays: 90 })),
    ...models.map(({ metadata: { namespace = '', name } }) => ({ kind: 'Model' as const, namespace, name, periodDays: 90 })),
  ];
}
