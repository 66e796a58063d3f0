import { describe, expect, it } from '@jest/globals';
import {
  aDeployment,
  aDeploymentClaim,
  aRevision,
  aTemplate,
  actuator,
  around,
  edited,
  imageOf,
  passed,
  pin,
  reasonsOf,
  specOf,
  standing,
  twoRevisions,
  unread,
} from '../../../builders/deployment.ts';
import { annotationsOf, journalOf, released } from '../../../builders/http-route.ts';
import { holdsFor } from '../../../builders/json-patch.ts';

const wanted = 'models/credit:2.3.0';
const earlier = 'models/credit:2.2.0';

describe('a pin', () => {
  it('puts the template of the revision before back, whole, and tells what it did', () => {
    const { actuation, live } = passed(aDeployment(), [pin()]);
    expect(specOf(live)).toMatchObject({ template: aTemplate('2.2.0'), replicas: 2 });
    expect(actuation).toMatchObject({
      kind: 'Patch',
      before: 'server=models/credit:2.3.0, proxy=proxies/edge:1.0; replicas 2',
      after: 'server=models/credit:2.2.0, proxy=proxies/edge:1.0; replicas 2',
      intent: 'server=models/credit:2.3.0, proxy=proxies/edge:1.0; replicas 2',
      moves: true,
      foreignEdit: false,
    });
    expect(passed(live, [pin()]).actuation).toMatchObject({ kind: 'Unchanged', rejected: [] });
  });

  it('rests on the spec it was computed from: any edit in between makes it fail', () => {
    const { actuation } = passed(aDeployment(), [pin()]);
    if (actuation.kind !== 'Patch') throw new Error(actuation.kind);
    expect(holdsFor(aDeployment(), actuation.operations)).toBe(true);
    expect(holdsFor(edited(aDeployment(), { replicas: 3 }), actuation.operations)).toBe(false);
  });

  it('goes back to a revision by the number it has, or had before users came back to it', () => {
    const revisions = [aRevision(3, aTemplate('2.1.0'), [1]), aRevision(4, aTemplate('2.3.0')), aRevision(2, aTemplate('2.2.0'))];
    const of = (revision: number | null) =>
      imageOf(standing(aDeployment(), [pin({ target: { revision } })], { surroundings: around({ revisions }) }));
    expect([of(2), of(3), of(1), of(null)]).toEqual([earlier, 'models/credit:2.1.0', 'models/credit:2.1.0', 'models/credit:2.1.0']);
  });

  it('takes the newest where the controller has not seen yet what users want', () => {
    const live = aDeployment({ template: aTemplate('2.4.0') });
    expect(imageOf(standing(live, [pin()]))).toBe(wanted);
  });

  it('never goes forward: a revision newer than the wanted one is none before it', () => {
    const revisions = [aRevision(1, aTemplate('2.3.0')), aRevision(2, aTemplate('2.4.0'))];
    expect(reasonsOf(aDeployment(), [pin()], { surroundings: around({ revisions }) })).toEqual(['RevisionMissing']);
  });

  it('stays with what it found, whatever numbers and revisions become since', () => {
    const live = standing(aDeployment(), [pin()]);
    const revisions = [aRevision(9, aTemplate('2.3.0')), aRevision(8, aTemplate('0.0.1'))];
    for (const surroundings of [around({ revisions }), around({ revisions: [] }), unread('RightsMissing')])
      expect(passed(live, [pin()], { surroundings }).actuation).toMatchObject({ kind: 'Unchanged', rejected: [] });
  });

  it('goes back to the same revision when a stage that gave it back is entered again', () => {
    const probing = standing(standing(aDeployment(), [pin()]), [aDeploymentClaim([])]);
    expect(imageOf(probing)).toBe(wanted);
    const fixed = edited(probing, { template: aTemplate('2.4.0') });
    const revisions = [...twoRevisions.revisions, aRevision(5, aTemplate('2.4.0'))];
    const again = standing(fixed, [pin()], { surroundings: around({ revisions }) });
    expect(imageOf(again)).toBe(earlier);
    expect(imageOf(released(again, { actuator }))).toBe('models/credit:2.4.0');
  });
});

describe('a release', () => {
  it('gives every byte back, marks and labels included', () => {
    const before = aDeployment();
    const live = standing(before, [pin()]);
    expect(released(live, { actuator })).toEqual({ ...before, metadata: { ...(before.metadata as object), generation: 4 } });
  });

  it('gives back labels and annotations that were not there', () => {
    const bare = aDeployment({ metadata: { annotations: { team: 'lending' }, labels: { team: 'lending' } } });
    const { annotations: _annotations, labels: _labels, ...metadata } = bare.metadata as Record<string, never>;
    const naked = { ...bare, metadata };
    for (const object of [bare, naked]) {
      const back = released(standing(object, [pin()]), { actuator });
      expect(back.metadata).toEqual({ ...(object.metadata as object), generation: 4 });
    }
  });

  it('gives back what users rolled out meanwhile', () => {
    const live = edited(standing(aDeployment(), [pin()]), { template: aTemplate('2.4.0') });
    const { actuation, live: bounded } = passed(live, [pin()]);
    expect(actuation).toMatchObject({ kind: 'Patch', foreignEdit: true, moves: true });
    expect(imageOf(bounded)).toBe(earlier);
    expect(specOf(released(bounded, { actuator })).template).toEqual(aTemplate('2.4.0'));
  });

  it('keeps what users want when they touch something else of the pods: a restart is no wish for the earlier revision', () => {
    const restarted = { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-06-01T12:00:00Z' } } };
    const live = edited(standing(aDeployment(), [pin()]), { template: aTemplate('2.2.0', restarted) });
    expect(specOf(released(standing(live, [pin()]), { actuator })).template).toEqual(aTemplate('2.3.0', restarted));
  });
});

describe('what a server or a webhook makes of a template', () => {
  const pinned = standing(aDeployment(), [pin()]);
  /** The same generation: nobody wrote since our patch landed. */
  const mutated = {
    ...pinned,
    spec: { ...(pinned.spec as object), template: aTemplate('2.2.0', { spec: { serviceAccountName: 'default' } }) },
  };

  it('is no edit of anybody, and is not written again and again', () => {
    expect(passed(mutated, [pin()]).actuation).toMatchObject({ kind: 'Unchanged' });
    expect(imageOf(released(mutated, { actuator }))).toBe(wanted);
  });

  it('is written at most once after somebody scaled the pods', () => {
    const scaled = edited(mutated, { replicas: 5 });
    const { actuation, live } = passed(scaled, [pin()]);
    expect(actuation.kind).toBe('Patch');
    const again = { ...live, spec: { ...(live.spec as object), template: specOf(mutated).template, replicas: 5 } };
    expect(passed(again, [pin()]).actuation.kind).toBe('Unchanged');
    expect(specOf(released(again, { actuator }))).toMatchObject({
      template: { spec: { containers: [{ image: wanted }, {}] } },
      replicas: 5,
    });
  });

  it('is not told apart by a timestamp some servers write and some do not', () => {
    const stamped = aDeployment({ template: aTemplate('2.3.0', { metadata: { creationTimestamp: null } }) });
    expect(imageOf(standing(stamped, [pin()]))).toBe(earlier);
  });
});

describe('refused', () => {
  const said = (live = aDeployment(), claim = pin(), surroundings = around()) => {
    const { actuation } = passed(live, [claim], { surroundings });
    expect(actuation.kind).toBe('Refused');
    const [rejected] = actuation.rejected;
    return [rejected?.reason, rejected?.message] as const;
  };

  it('is a revision that does not exist, with those that do', () => {
    expect(said(aDeployment(), pin({ target: { revision: 7 } }))).toEqual([
      'RevisionMissing',
      'Deployment lending/credit has no revision 7, it has 1, 2: name one of those (kubectl rollout history), leave revision out, or keep earlier ones by spec.revisionHistoryLimit.',
    ]);
  });

  it('is a Deployment of one revision', () => {
    const revisions = [aRevision(2, aTemplate('2.3.0'))];
    expect(said(aDeployment(), pin(), around({ revisions }))).toEqual([
      'RevisionMissing',
      'Deployment lending/credit has only one revision, so there is none to go back to: roll out another first, and keep earlier ones by spec.revisionHistoryLimit.',
    ]);
  });

  it('is the revision it runs already', () => {
    expect(said(aDeployment(), pin({ target: { revision: 2 } }))).toEqual([
      'RevisionRuns',
      'Revision 2 of Deployment lending/credit is what it is meant to run already, so going back to it changes nothing: name an earlier one, or leave revision out.',
    ]);
  });

  it.each([
    ['KServe', { ownerReferences: [{ kind: 'InferenceService', name: 'credit', controller: true }] }, 'InferenceService credit'],
    ['Argo Rollouts', { managedFields: [{ manager: 'rollouts-controller', operation: 'Update' }] }, 'Argo Rollouts (workloadRef)'],
  ])('is what %s writes', (_what, metadata, writer) => {
    const [reason, message] = said(aDeployment({ metadata }));
    expect(reason).toBe('GeneratedTarget');
    expect(message).toContain(writer);
  });

  it('is a paused Deployment, and what can’t be read', () => {
    expect(said(aDeployment({ spec: { paused: true } }))[0]).toBe('Paused');
    expect(said(aDeployment(), pin(), unread('NotRead'))).toEqual(['NotRead', 'It is NotRead.']);
    expect(said(aDeployment(), pin(), unread('RightsMissing'))[0]).toBe('RightsMissing');
  });

  it('is a Deployment somebody paused since a stage gave it back: no pod of the earlier revision would start', () => {
    const probing = standing(standing(aDeployment(), [pin()]), [aDeploymentClaim([])]);
    const { actuation, live } = passed(edited(probing, { paused: true }), [pin()]);
    expect([actuation.rejected.map(({ reason }) => reason), imageOf(live)]).toEqual([['Paused'], wanted]);
    expect(imageOf(standing(edited(live, { paused: false }), [pin()]))).toBe(earlier);
  });

  it('is none where it is in force and somebody pauses it: it stays as it is', () => {
    const { actuation } = passed(edited(standing(aDeployment(), [pin()]), { paused: true }), [pin()]);
    expect(actuation).toMatchObject({ kind: 'Unchanged', rejected: [] });
  });

  it('is a template too large to be remembered, and nothing is written', () => {
    const env = Array.from({ length: 1600 }, (_, index) => ({ name: `VARIABLE_${String(index)}`, value: 'x'.repeat(20) }));
    const [reason, message] = said(aDeployment({ template: aTemplate('2.3.0', { env }) }));
    expect(reason).toBe('JournalTooLarge');
    expect(message).toContain('make its pod template smaller');
  });

  it('keeps what was held: a plan that asks for another revision in vain stays with the one it had', () => {
    const live = standing(aDeployment(), [pin()]);
    const { actuation, live: next } = passed(live, [pin({ target: { revision: 7 } })]);
    expect(actuation.rejected).toMatchObject([{ reason: 'RevisionMissing' }]);
    expect(imageOf(next)).toBe(earlier);
  });
});

describe('two plans', () => {
  const revisions = [aRevision(1, aTemplate('2.1.0')), aRevision(2, aTemplate('2.2.0')), aRevision(3, aTemplate('2.3.0'))];
  const surroundings = around({ revisions });
  const older = pin({ holder: { plan: 'older', planUID: 'a', planCreatedAtMs: 1 }, target: { revision: 1 } });
  const younger = pin({ holder: { plan: 'younger', planUID: 'b', planCreatedAtMs: 2 } });

  it('that want different revisions: the older decides, in whatever order they come, and the other is told', () => {
    for (const claims of [
      [older, younger],
      [younger, older],
    ]) {
      const { actuation, live } = passed(aDeployment(), claims, { surroundings });
      expect(imageOf(live)).toBe('models/credit:2.1.0');
      expect(actuation.rejected).toMatchObject([{ planUID: 'b', reason: 'Conflicted' }]);
    }
  });

  it('that mean the same revision do not quarrel', () => {
    const named = pin({ holder: { plan: 'older', planUID: 'a', planCreatedAtMs: 1 }, target: { revision: 2 } });
    const { actuation, live } = passed(aDeployment(), [named, younger], { surroundings });
    expect([actuation.rejected, imageOf(live)]).toEqual([[], earlier]);
  });

  it('go on with the one that stays', () => {
    const both = standing(aDeployment(), [older, younger], { surroundings });
    const one = standing(both, [younger], { surroundings });
    expect(imageOf(one)).toBe(earlier);
    expect(imageOf(released(one, { actuator }))).toBe(wanted);
  });
});

describe('the journal of a Deployment', () => {
  const live = standing(aDeployment(), [pin()]);

  it('counts only beside its seal: its controller copies annotations, and a rollback brings the copies back', () => {
    expect(actuator.readJournal(live).kind).toBe('Engaged');
    const back = released(live, { actuator });
    const copied = { ...back, metadata: { ...(back.metadata as object), annotations: annotationsOf(live) ?? {} } };
    expect(actuator.readJournal(copied)).toMatchObject({ kind: 'Foreign', message: expect.stringContaining('it is a copy') });
    expect(actuator.finish(copied)).toBeNull();
    const again = standing(copied, [pin()]);
    expect(actuator.readJournal(again).kind).toBe('Engaged');
    expect(imageOf(released(again, { actuator }))).toBe(wanted);
  });

  it('is none where somebody took the seal off', () => {
    const { labels: _labels, ...metadata } = live.metadata as Record<string, never>;
    const broken = { ...live, metadata };
    expect(actuator.readJournal(broken).kind).toBe('Foreign');
  });

  it('holds what users want and what was put in its place', () => {
    const template = { asked: null, revision: 1, intent: aTemplate('2.3.0'), applied: aTemplate('2.2.0'), generation: 4 };
    expect(journalOf(live)).toMatchObject({ targetKind: 'Deployment', changes: { replicas: null, template } });
  });
});
