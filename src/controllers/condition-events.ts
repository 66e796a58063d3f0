import type { Condition } from '../kube/conditions.ts';
import type { EventRecorder, RecordedEvent } from '../kube/event-recorder.ts';
import type { UntypedObject } from '../kube/kube-object.ts';
import { budgetEvents } from './budget-events.ts';
import { previousConditions } from './mitigation-plan.ts';

/** Conditions that mean trouble while False, but for these reasons: what passes by itself is no event. */
const troubles: Readonly<Record<string, readonly string[]>> = {
  Ready: ['Reconciling'],
  ProvidersReachable: [],
  AlertsMaintained: [],
  ReportsDelivered: [],
  Assessed: ['Insufficient'],
  Effective: ['Waiting'],
  ReviewCurrent: [],
  Documented: [],
  SignedOff: [],
  Drilled: [],
};

function isTrouble({ type, status, reason }: Condition): boolean {
  return status === 'False' && troubles[type]?.includes(reason) === false;
}

/**
 * What to tell of the conditions an object changed from one revision to the next: each trouble when it begins or is another one,
 * and its end. Of an object seen for the first time nothing: what holds was told when it began.
 */
export function conditionEvents(object: UntypedObject, previous: UntypedObject): readonly RecordedEvent[] {
  const before = new Map(previousConditions(previous).map((condition) => [condition.type, condition]));
  const events = previousConditions(object).flatMap((condition): readonly RecordedEvent[] => {
    const was = before.get(condition.type);
    const { type, reason, message } = condition;
    const wasTrouble = was !== undefined && isTrouble(was);
    if (isTrouble(condition)) {
      if (wasTrouble && was.reason === reason) return [];
      return [{ regarding: object, type: 'Warning', reason, action: 'Assess', note: `${type} is False: ${message}` }];
    }
    if (!wasTrouble || condition.status !== 'True') return [];
    return [
      {
        regarding: object,
        type: 'Normal',
        reason: `${type}Again`,
        action: 'Assess',
        note: `${type} is True again; it was False (${was.reason}).`,
      },
    ];
  });
  // One cause may deny several conditions; the first says it best.
  return events.filter(({ reason }, index) => events.findIndex((each) => each.reason === reason) === index);
}

export function conditionReporter(recorder: Pick<EventRecorder, 'record'>): (object: UntypedObject, previous: UntypedObject) => void {
  return (object, previous) => {
    for (const event of [...conditionEvents(object, previous), ...budgetEvents(object, previous)]) recorder.record(event);
  };
}
