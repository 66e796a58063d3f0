import { describe, expect, it } from '@jest/globals';
import type { Cluster } from '../../../src/controllers/cluster.ts';
import { decisionsAbout, openDecisionsAboutModel } from '../../../src/controllers/decisions.ts';
import { signOffsAbout } from '../../../src/controllers/signed-decisions.ts';
import { subjectKey, subjectsOf } from '../../../src/controllers/subject-index.ts';
import { keyOf } from '../../../src/kube/kube-object.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { createStore } from '../../../src/kube/store.ts';
import type { JSONValue } from '../../../src/shared/json.ts';

function aStore() {
  return createStore<UntypedObject, 'namespace' | 'subject'>({
    namespace: ({ metadata }) => [metadata.namespace ?? ''],
    subject: subjectsOf,
  });
}

function object(kind: string, name: string, spec: JSONValue, namespace = 'lending'): UntypedObject {
  const metadata = { name, namespace, uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };
  return { apiVersion: 'modelrisk.dev/v1alpha1', kind, metadata, spec };
}

const about = (kind: string, name: string, action = 'Hold') => ({ action, subjectRef: { kind, name, uid: `uid-${name}` } });

/** Counts how often the spec is looked at. */
function watched(inner: UntypedObject, looks: { n: number }): UntypedObject {
  const { spec, ...rest } = inner;
  return Object.defineProperty({ ...rest }, 'spec', {
    enumerable: true,
    get: () => {
      looks.n += 1;
      return spec;
    },
  });
}

function aCluster() {
  const [decisions, incidents] = [aStore(), aStore()];
  const cluster = { own: { decisions: { store: decisions }, incidents: { store: incidents } } } as unknown as Pick<Cluster, 'own'>;
  return { cluster, decisions, incidents };
}

describe('records by what they are about', () => {
  it.each([
    ['a decision', { subjectRef: { kind: 'ModelRisk', name: 'credit' } }, ['ModelRisk lending/credit']],
    ['an incident', { planRef: { name: 'credit' } }, ['MitigationPlan lending/credit']],
    ['an incident that was reported', { riskRef: { name: 'credit' } }, []],
    ['something without a spec', null, []],
    ['a subject nobody can read', { subjectRef: { kind: 7, name: 'credit' } }, []],
    ['a subject that is none', { subjectRef: null }, []],
  ])('%s', (_, spec, keys) => {
    expect(subjectsOf(object('RiskDecision', 'a', spec))).toEqual(keys);
  });

  it('are those of a plan and of its incidents, of this namespace only', () => {
    const { cluster, decisions, incidents } = aCluster();
    incidents.put(object('RiskIncident', 'first', { planRef: { name: 'credit' } }));
    incidents.put(object('RiskIncident', 'other', { planRef: { name: 'fraud' } }));
    decisions.put(object('RiskDecision', 'held', about('MitigationPlan', 'credit')));
    decisions.put(object('RiskDecision', 'approved', about('RiskIncident', 'first')));
    decisions.put(object('RiskDecision', 'of-other', about('RiskIncident', 'other')));
    decisions.put(object('RiskDecision', 'of-model', about('ModelRisk', 'credit')));
    decisions.put(object('RiskDecision', 'elsewhere', about('MitigationPlan', 'credit'), 'billing'));
    expect(decisionsAbout('lending/credit', cluster).map(keyOf)).toEqual(['lending/held', 'lending/approved']);
    expect(openDecisionsAboutModel('lending/credit', cluster)).toEqual(['lending/of-model']);
    expect(decisions.byIndex('subject', subjectKey('RiskIncident', 'lending', 'other')).map(keyOf)).toEqual(['lending/of-other']);
  });

  it('regression: those of others are not looked at: every poll of every plan walked all decisions there ever were', () => {
    const { cluster, decisions } = aCluster();
    const looks = { n: 0 };
    for (let count = 0; count < 50; count += 1)
      for (const [kind, action] of [
        ['MitigationPlan', 'Hold'],
        ['ModelRisk', 'SignOff'],
      ] as const)
        decisions.put(
          watched(object('RiskDecision', `${action.toLowerCase()}-${String(count)}`, about(kind, `m${String(count)}`, action)), looks),
        );
    looks.n = 0;
    const risk = { uid: 'uid-m7', identity: { namespace: 'lending' }, written: { metadata: { name: 'm7' } } };
    expect(decisionsAbout('lending/m7', cluster).map(keyOf)).toEqual(['lending/hold-7']);
    expect(signOffsAbout(risk as Parameters<typeof signOffsAbout>[0], cluster.own.decisions).map(keyOf)).toEqual(['lending/signoff-7']);
    expect(openDecisionsAboutModel('lending/m7', cluster)).toEqual(['lending/signoff-7']);
    expect(looks.n).toBeLessThan(10);
  });
});
