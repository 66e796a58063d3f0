import type { Transition } from '../core/model/transition.ts';
import type { Priority } from '../kube/work-queue.ts';

/** How soon the targets of a plan follow its step: what protects comes first. */
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
