import type { Transition } from '../core/model/transition.ts';
import type { Priority } from '../kube/work-queue.ts';

/** How urgently the targets of a plan follow a step of it. */
export const priorityOf: Readonly<Record<Transition['kind'], Priority>> = {
  Engaged: 'Engage',
  Escalated: 'Engage',
  Latched: 'Engage',
  SteppedDown: 'Release',
  Released: 'Release',
  Proposed: 'Status',
  Rejected: 'Status',
  Withdrawn: 'Status',
};
