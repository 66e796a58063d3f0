import { describe, expect, it } from '@jest/globals';
import { diagnose, diagnosisSentences } from '../../../src/cli/doctor.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';

type Condition = readonly [type: string, status: string, reason: string, message?: string];

function anObject(name: string, conditions: readonly Condition[] | null, observedGeneration = 3): UntypedObject {
  const status =
    conditions === null
      ? {}
      : {
          status: {
            observedGeneration,
            conditions: conditions.map(([type, now, reason, message = '']) => ({ type, status: now, reason, message })),
          },
        };
  return {
    metadata: { name, namespace: 'lending', uid: name, generation: 3, resourceVersion: '1' },
    ...status,
  } as unknown as UntypedObject;
}

const lister = (...items: readonly UntypedObject[]) => ({
  listPage: () => Promise.resolve(success({ items, continueToken: null, resourceVersion: '1' })),
});
const denied = { listPage: () => Promise.resolve(failure({ kind: 'Forbidden', message: 'not allowed' } as never)) };
const well: readonly Condition[] = [
  ['Ready', 'True', 'Reconciled'],
  ['Assessed', 'True', 'AllRead'],
  ['Breached', 'True', 'LimitBroken', 'a limit broke, which is what the guard is for'],
  ['Calibrated', 'True', 'WithinLimit'],
];

async function diagnosed(risks: readonly UntypedObject[], plans: readonly UntypedObject[] = []) {
  const diagnosis = await diagnose({ risks: lister(...risks), plans: lister(...plans) }, null);
  if (!diagnosis.ok) throw new Error(diagnosis.failure);
  return diagnosis.value;
}

describe('diagnose', () => {
  it('finds nothing where all is well, a broken limit among it', async () => {
    const diagnosis = await diagnosed(
      [anObject('credit', well)],
      [
        anObject('plan', [
          ['Ready', 'True', 'Reconciled'],
          ['Stalled', 'False', 'No'],
        ]),
      ],
    );
    expect(diagnosis).toEqual({ modelRisks: 1, plans: 1, ailments: [] });
    expect(diagnosisSentences(diagnosis)).toEqual(['1 ModelRisks and 1 MitigationPlans: 0 things wrong, 0 not known.']);
  });

  it('tells what is wrong from what is not known, and says what is wrong first', async () => {
    const diagnosis = await diagnosed(
      [
        anObject('gauge', [...well.slice(0, 3), ['Calibrated', 'Unknown', 'NotKnown', 'Nobody knows.']]),
        anObject('blind', [['Assessed', 'False', 'NoData']]),
      ],
      [
        anObject('plan', [
          ['Ready', 'False', 'EscalatesBlind', 'Lengthen it.'],
          ['Contested', 'True', 'Edited'],
        ]),
      ],
    );
    expect(diagnosisSentences(diagnosis)).toEqual([
      'ModelRisk lending/blind: Assessed fails (NoData)',
      'MitigationPlan lending/plan: Ready fails (EscalatesBlind): Lengthen it.',
      'MitigationPlan lending/plan: Contested fails (Edited)',
      'ModelRisk lending/gauge: Calibrated is not known (NotKnown): Nobody knows.',
      '2 ModelRisks and 1 MitigationPlans: 3 things wrong, 1 not known.',
    ]);
  });

  it('goes by no status of another spec, and by none at all', async () => {
    const { ailments } = await diagnosed([anObject('edited', well, 2), anObject('new', null)]);
    expect(ailments.map(({ name, severity, reason }) => [name, severity, reason])).toEqual([
      ['edited', 'Wrong', 'NotObserved'],
      ['new', 'Wrong', 'NotObserved'],
    ]);
  });

  it('says what it may not read', async () => {
    const clients = { risks: lister() as never, plans: denied as never };
    expect(await diagnose(clients, 'lending')).toEqual({ ok: false, failure: "MitigationPlans can't be listed: not allowed" });
    expect(await diagnose({ ...clients, risks: denied }, 'lending')).toMatchObject({ ok: false });
  });
});
