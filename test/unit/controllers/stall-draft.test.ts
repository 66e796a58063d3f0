import { describe, expect, it } from '@jest/globals';

import { stallDraft } from '../../../src/controllers/stall-draft.ts';
import { aSnapshot, anEngagement } from '../../builders/core.ts';
import { testObject } from '../../builders/kube-object.ts';
import { aPlanState } from '../../builders/plan-state.ts';

const engagedAtMs = Date.parse('2026-01-01T00:00:10.250Z');

const draftAt = (lastTransitionTime: string, status = 'True') => {
  const memory = anEngagement({ recentEngagementsMs: [engagedAtMs] });
  const conditions = [{ type: 'Stalled', status, reason: 'RolloutInProgress', message: 'why', lastTransitionTime }];
  return stallDraft(aPlanState({ engaged: aSnapshot(), memory }), { ...testObject(), status: { conditions } });
};

describe('what keeps an engaged plan from its stage (one that came in the second it engaged was never put on record)', () => {
  it('goes on record when it came in the very second of the engagement, no earlier than that', () => {
    expect(draftAt('2026-01-01T00:00:10Z')).toMatchObject({ type: 'Stalled', reason: 'why', at: '2026-01-01T00:00:10.250Z' });
  });

  it('goes on record at its own time later', () => {
    expect(draftAt('2026-01-01T00:00:12Z')?.at).toBe('2026-01-01T00:00:12.000Z');
  });

  it('does not when it is older than the engagement, or over', () => {
    expect(draftAt('2026-01-01T00:00:09Z')).toBeNull();
    expect(draftAt('2026-01-01T00:00:12Z', 'False')).toBeNull();
  });
});
