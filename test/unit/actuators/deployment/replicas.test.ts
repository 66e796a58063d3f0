import { describe, expect, it } from '@jest/globals';
import {
  aDeployment,
  actuator,
  around,
  edited,
  floor,
  imageOf,
  passed,
  pin,
  reasonsOf,
  specOf,
  standing,
  unread,
} from '../../../builders/deployment.ts';
import { released } from '../../../builders/http-route.ts';

const replicasOf = (live: ReturnType<typeof aDeployment>) => specOf(live).replicas;

describe('a floor under the replicas', () => {
  it('raises them, and gives back what users want', () => {
    const live = standing(aDeployment(), [floor(4)]);
    expect(replicasOf(live)).toBe(4);
    expect(replicasOf(released(live, { actuator }))).toBe(2);
  });

  it('lets users have more, and what they write meanwhile is what they get back', () => {
    const more = edited(standing(aDeployment(), [floor(4)]), { replicas: 7 });
    expect(replicasOf(standing(more, [floor(4)]))).toBe(7);
    expect(replicasOf(released(standing(more, [floor(4)]), { actuator }))).toBe(7);
    const fewer = edited(standing(aDeployment(), [floor(4)]), { replicas: 1 });
    const { actuation, live } = passed(fewer, [floor(4)]);
    expect(actuation).toMatchObject({ kind: 'Patch', foreignEdit: true });
    expect([replicasOf(live), replicasOf(released(live, { actuator }))]).toEqual([4, 1]);
  });

  it('is the highest of all plans, whatever order they come in, and falls to the next when one leaves', () => {
    const [high, low] = [floor(6, { holder: { plan: 'a', planUID: 'a' } }), floor(3, { holder: { plan: 'b', planUID: 'b' } })];
    for (const claims of [
      [high, low],
      [low, high],
    ])
      expect(replicasOf(standing(aDeployment(), claims))).toBe(6);
    expect(replicasOf(standing(standing(aDeployment(), [high, low]), [low]))).toBe(3);
  });

  it('starts pods where users run none, and leaves none where they had written nothing', () => {
    expect(replicasOf(standing(aDeployment({ replicas: 0 }), [floor(2)]))).toBe(2);
    const unwritten = aDeployment({ replicas: null });
    expect(replicasOf(standing(unwritten, [floor(2)]))).toBe(2);
    expect(replicasOf(released(standing(unwritten, [floor(2)]), { actuator }))).toBeUndefined();
  });

  it('asks nothing of who has as many, and holds it all the same', () => {
    const { actuation, live } = passed(aDeployment({ replicas: 5 }), [floor(4)]);
    expect(actuation).toMatchObject({ kind: 'Patch', moves: false });
    expect(replicasOf(standing(edited(live, { replicas: 1 }), [floor(4)]))).toBe(4);
  });

  it('stands beside a pin', () => {
    const live = standing(aDeployment(), [pin(), floor(4)]);
    expect([imageOf(live), replicasOf(live)]).toEqual(['models/credit:2.2.0', 4]);
    const back = released(live, { actuator });
    expect([imageOf(back), replicasOf(back)]).toEqual(['models/credit:2.3.0', 2]);
  });
});

describe('an autoscaler', () => {
  const scaled = (minReplicas: number) => around({ autoscaler: { name: 'credit', minReplicas } });

  it('is not fought: its own floor is what to raise', () => {
    const { actuation } = passed(aDeployment(), [floor(4)], { surroundings: scaled(2) });
    expect(actuation).toMatchObject({ kind: 'Refused', rejected: [{ reason: 'Autoscaled' }] });
    expect(actuation.rejected[0]?.message).toBe(
      'HorizontalPodAutoscaler lending/credit sets the replicas of Deployment lending/credit: raise its minReplicas from 2 to 4 and leave scale out of the plan.',
    );
  });

  it('that keeps as many anyway is no obstacle, and none to a pin', () => {
    expect(reasonsOf(aDeployment(), [floor(4)], { surroundings: scaled(4) })).toEqual([]);
    expect(reasonsOf(aDeployment(), [pin()], { surroundings: scaled(2) })).toEqual([]);
  });

  it('that comes while the floor is held takes over, and nothing of the engagement is lost', () => {
    const live = standing(aDeployment(), [floor(4)]);
    const { actuation, live: next } = passed(live, [floor(4)], { surroundings: scaled(2) });
    expect(actuation.rejected).toMatchObject([{ reason: 'Autoscaled' }]);
    expect(replicasOf(next)).toBe(2);
    expect(actuator.readJournal(next)).toMatchObject({ kind: 'Engaged', released: [], claims: [{ constraints: [] }] });
    expect(passed(next, [floor(4)], { surroundings: scaled(2) }).actuation.kind).toBe('Unchanged');
  });

  it('nobody may look for: what is held stays, what is new is refused', () => {
    expect(reasonsOf(aDeployment(), [floor(4)], { surroundings: unread('NotRead') })).toEqual(['NotRead']);
    const live = standing(aDeployment(), [floor(4)]);
    expect(replicasOf(passed(live, [floor(4)], { surroundings: unread('RightsMissing') }).live)).toBe(4);
  });
});
