import { describe, expect, it } from '@jest/globals';
import { handlingStatusFields, postmortemSchema, reportingSchema, reportSchema } from '../../../src/api/incident-acts.ts';

const report = {
  ...{ onsetAt: '2026-06-01T10:00:00Z', awareAt: '2026-06-01T12:00:00Z', knownFrom: 'Customer', category: 'Fairness' },
  ...{ harm: 'none', severity: 'High' },
};
const lookedBack = { verdict: 'TruePositive', harmConfirmed: 'Confirmed' };
const duty = { name: 'regulator', severities: ['Critical'], withinSeconds: 259_200 };

describe('what people tell of incidents', () => {
  it('is never known from the operator, which opens its own', () => {
    expect(reportSchema.safeParse(report).success).toBe(true);
    expect(reportSchema.safeParse({ ...report, knownFrom: 'Operator' }).success).toBe(false);
  });

  it.each(['onsetAt', 'awareAt', 'knownFrom', 'category', 'harm', 'severity'])('lacks nothing: without %s it is refused', (field) => {
    const without = Object.fromEntries(Object.entries(report).filter(([key]) => key !== field));
    expect(reportSchema.safeParse(without).success).toBe(false);
  });
});

describe('what looking back says', () => {
  it('claims no loss where none is known: left out is not 0', () => {
    expect(postmortemSchema.parse(lookedBack)).toEqual({ ...lookedBack, findings: [] });
    expect(postmortemSchema.parse({ ...lookedBack, actualLoss: 0 })).toHaveProperty('actualLoss', 0);
    expect(postmortemSchema.safeParse({ ...lookedBack, actualLoss: -1 }).success).toBe(false);
  });
});

describe('duties to report', () => {
  it('warn a day before, unless they say otherwise; 0 is never before', () => {
    expect(reportingSchema.parse([duty])).toEqual([{ ...duty, warningSeconds: 86_400 }]);
    expect(reportingSchema.parse([{ ...duty, warningSeconds: 0 }])[0]?.warningSeconds).toBe(0);
  });

  it('are of some severity and have a time: one of none would never fall due', () => {
    expect(reportingSchema.safeParse([{ ...duty, severities: [] }]).success).toBe(false);
    expect(reportingSchema.safeParse([{ ...duty, withinSeconds: 0 }]).success).toBe(false);
  });

  it('and what became of them are empty in records older than they are', () => {
    expect(reportingSchema.parse(undefined)).toEqual([]);
    expect([handlingStatusFields.deadlines.parse(undefined), handlingStatusFields.findings.parse(undefined)]).toEqual([[], []]);
  });
});
