import { describe, expect, it } from '@jest/globals';
import { riskDigest } from '../../../src/api/risk-digest.ts';
import { parseModelRisk } from '../../../src/api/model-risk.ts';
import { parseRiskDecision } from '../../../src/api/risk-decision.ts';
import { takeAct } from '../../../src/cli/act.ts';
import type { ActClients } from '../../../src/cli/act.ts';
import { readArguments } from '../../../src/cli/arguments.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { incidentManifest, modelRiskManifest, planManifest, riskPolicyManifest, someUID, stored, withValue } from '../../builders/api.ts';

type Manifest = ReturnType<typeof planManifest>;

const digest = `sha256:${'a'.repeat(64)}`;
const since = '2026-06-01T12:00:00Z';
const who = ['--role', 'risk', '--reason', 'seen'];
const until = ['--expires-at', '2027-01-31T01:00:00+01:00'];

const ofModel = (() => {
  const read = parseModelRisk(stored(modelRiskManifest()));
  if (!read.ok) throw new Error(read.failure.join());
  return riskDigest(read.value.spec);
})();
const model = (status: object = { digest: ofModel }): Manifest => withValue(modelRiskManifest(), 'status', status);
const policy = (status: object = { digest, observedGeneration: 1 }): Manifest => withValue(riskPolicyManifest(), 'status', status);
const plan = (memory: object | null, status: object = { digest, observedGeneration: 1, incidentRef: { name: 'ri-1' } }): Manifest =>
  withValue(planManifest(), 'status', { ...status, ...(memory === null ? {} : { memory }) });

const shared = { recentEngagementTimes: [since], triggeredBy: ['score-drift'] };
const proposed = { phase: 'Proposed', engagement: 3, stage: 1, since, ...shared };
const engaged = {
  ...{ phase: 'Engaged', engagement: 4, stage: 0, direction: 'Up', stageSince: since, probeAttempts: 0, latch: 'Open' },
  ...{ usedDecisions: [], ...shared },
};
const idle = { phase: 'Idle', engagement: 4, recentEngagementTimes: [] };

interface World {
  readonly model?: Manifest;
  readonly incident?: Manifest;
  readonly policy?: Manifest;
  readonly plan?: Manifest;
}

async function take(line: readonly string[], world: World = {}) {
  const read = readArguments(line);
  if (!read.ok) throw new Error(read.failure);
  const { command } = read.value;
  if (command.kind !== 'Act') throw new Error(command.kind);
  const written: UntypedObject[] = [];
  const asked: object[] = [];
  const answer = (manifest: Manifest) => ({
    get: (reference: object) => {
      asked.push(reference);
      return Promise.resolve(success(stored(manifest, { generation: 1 }) as unknown as UntypedObject));
    },
  });
  const clients: ActClients = {
    risks: answer(world.model ?? model()),
    incidents: answer(world.incident ?? incidentManifest()),
    plans: answer(world.plan ?? plan(engaged)),
    policies: answer(world.policy ?? policy()),
    decisions: {
      create: (object) => {
        written.push(object as UntypedObject);
        return Promise.resolve(success(object as UntypedObject));
      },
    },
    selves: { create: () => Promise.resolve(failure({ kind: 'Forbidden', message: 'not allowed' } as never)) },
  };
  const taken = await takeAct(clients, command, { namespace: 'lending', nowMs: Date.parse('2026-06-10T00:00:00Z') });
  return { taken, asked, spec: written[0] === undefined ? null : specOf(written[0]) };
}

/** As the schema reads it: what it would refuse nobody may be told of as created. */
function specOf(object: UntypedObject): object {
  const parsed = parseRiskDecision(stored(object as never));
  if (!parsed.ok) throw new Error(parsed.failure.join('; '));
  return parsed.value.spec;
}

const ofIncident = (incidentManifest()['spec'] as { readonly planRef: { readonly digest: string } }).planRef.digest;
const subject = (kind: string, name: string) => ({ subjectRef: { kind, name, uid: someUID } });

describe('what a decision is about', () => {
  it.each([
    [['acknowledge', 'ri-1'], { action: 'Acknowledge', ...subject('RiskIncident', 'ri-1'), digest: ofIncident }],
    [['review', 'credit', '--minutes', '90'], { action: 'Review', ...subject('ModelRisk', 'credit'), digest: ofModel, minutesSpent: 90 }],
    [['review-policy', 'default', '--minutes', '5'], { action: 'Review', ...subject('RiskPolicy', 'default'), digest, minutesSpent: 5 }],
    [
      ['accept', 'credit', '--indicators', 'score-drift,parity', ...until],
      {
        ...{ action: 'Accept', ...subject('ModelRisk', 'credit'), digest: ofModel },
        ...{ indicators: ['score-drift', 'parity'], expiresAt: '2027-01-31T00:00:00.000Z' },
      },
    ],
    [
      ['hold', 'credit', ...until],
      { action: 'Hold', ...subject('MitigationPlan', 'credit'), digest, expiresAt: '2027-01-31T00:00:00.000Z' },
    ],
    [['release', 'credit'], { action: 'Release', ...subject('MitigationPlan', 'credit'), digest, engagement: 4 }],
  ])('%j', async (line, spec) => {
    const done = await take([...line, ...who]);
    expect(done.taken).toMatchObject({ ok: true });
    expect(done.spec).toEqual({ role: 'risk', reason: 'seen', ...spec });
  });

  it.each([
    ['approve', 'Approve', proposed, 1],
    ['reject', 'Reject', proposed, 1],
    ['approve', 'Approve', { ...engaged, proposal: { stage: 2, since } }, 2],
  ])('%s is about the record of the engagement that asks, and the stage it asks for', async (word, action, memory, stage) => {
    const { spec, asked, taken } = await take([word, 'credit', ...who], { plan: plan(memory) });
    expect(spec).toEqual({ action, role: 'risk', reason: 'seen', ...subject('RiskIncident', 'ri-1'), digest: ofIncident, stage });
    expect(asked).toEqual([
      { namespace: 'lending', name: 'credit' },
      { namespace: 'lending', name: 'ri-1' },
    ]);
    // Regression: nobody was told which, and it may be another than its author saw.
    expect(taken.ok && taken.value.sentences[0]).toContain(` is created for stage ${String(stage)} of RiskIncident ri-1, and`);
  });

  it('a policy is in no namespace', async () => {
    expect((await take(['review-policy', 'default', '--minutes', '5', ...who])).asked).toEqual([{ namespace: null, name: 'default' }]);
  });

  it('says where it stands, and how to see whether it counts', async () => {
    const { taken } = await take(['review', 'credit', '--minutes', '90', ...who]);
    expect(taken).toMatchObject({
      ok: true,
      value: {
        sentences: [expect.stringMatching(/^RiskDecision lending\/(\S+) is created; .*: kubectl get riskdecision \1 -n lending -o wide$/)],
      },
    });
  });
});

describe('a decision nobody could use is not made', () => {
  const unobserved = 'the operator has not looked at it as it is written now, so there is nothing to decide on yet; try again in a moment';

  it.each<[readonly string[], World, string]>([
    [['review', 'credit', '--minutes', '9'], { model: model({}) }, `ModelRisk lending/credit: ${unobserved}`],
    [['accept', 'credit', '--indicators', 'a', ...until], { model: model({ digest }) }, `ModelRisk lending/credit: ${unobserved}`],
    [['review-policy', 'default', '--minutes', '9'], { policy: policy({}) }, `RiskPolicy default: ${unobserved}`],
    [
      ['review-policy', 'default', '--minutes', '9'],
      { policy: policy({ digest, observedGeneration: 0 }) },
      `RiskPolicy default: ${unobserved}`,
    ],
    [['release', 'credit'], { plan: plan(idle) }, 'MitigationPlan lending/credit is not engaged, so there is nothing to release'],
    [['hold', 'credit', ...until], { plan: plan(null) }, 'MitigationPlan lending/credit is not engaged, so there is nothing to hold'],
    [['release', 'credit'], { plan: plan(engaged, {}) }, `MitigationPlan lending/credit: ${unobserved}`],
    // Regression: a plan that was edited just now was held, or released, by the digest it had before, and the decision was void.
    [
      ['hold', 'credit', ...until],
      { plan: plan(engaged, { digest, observedGeneration: 0 }) },
      `MitigationPlan lending/credit: ${unobserved}`,
    ],
    [['approve', 'credit'], { plan: plan(engaged) }, 'MitigationPlan lending/credit asks for no stage, so there is nothing to answer'],
    [
      ['reject', 'credit'],
      { plan: plan(proposed, { digest }) },
      'MitigationPlan lending/credit asks for no stage, so there is nothing to answer',
    ],
  ])('%j', async (line, world, sentence) => {
    const { taken, spec } = await take([...line, ...who], world);
    expect([taken, spec]).toEqual([failure(sentence), null]);
  });

  it.each([
    [['review', 'credit', ...who], 'review needs --minutes'],
    [['review', 'credit', ...who, '--minutes', '0'], '--minutes 0 is no number of minutes from 1 on'],
    [['review', 'credit', ...who, '--minutes', 'an hour'], '--minutes an hour is no number of minutes from 1 on'],
    [['accept', 'credit', ...who], 'accept needs --indicators, --expires-at'],
    [
      ['accept', 'credit', ...who, '--indicators', 'a', '--expires-at', '2027'],
      '--expires-at 2027 is no time: write it like 2027-01-31T00:00:00Z',
    ],
    [['hold', 'credit', ...who], 'hold needs --expires-at'],
    [['release', 'credit', ...who, '--minutes', '3'], '--minutes does not go with release'],
    [['acknowledge', 'ri-1', '--role', 'risk'], 'acknowledge needs --reason'],
    [['approve', ...who], 'approve takes the name of one MitigationPlan'],
    [['doctor', '--minutes', '3'], '--minutes goes with review, review-policy'],
    // Regression: it was said to go with every act there is.
    [['sign-off', 'credit', '--role', 'risk', '--minutes', '3'], '--minutes goes with review, review-policy'],
    [['hold', 'credit', ...who, ...until, '--dry-run'], '--dry-run goes with drill, sign-off'],
    [
      ['postmortem', 'ri-1', ...who, '--expires-at', 'x', '--verdict', 'x', '--harm-confirmed', 'x'],
      '--expires-at does not go with postmortem',
    ],
    [['explain', 'credit', '--harm', 'x', '--minutes', '3'], '--harm, --minutes go with report-incident, review, review-policy'],
  ])('%j is refused in one sentence: %s', (line, sentence) => {
    expect(readArguments(line)).toEqual({ ok: false, failure: sentence });
  });
});

describe('regression: a name that was mistyped is not put on record for ever', () => {
  const reporting = (category: string): readonly string[] => [
    ...['report-incident', 'credit', ...who, '--onset', since, '--aware', since, '--known-from', 'Customer'],
    ...['--category', category, '--severity', 'High', '--harm', 'Refused for their age.'],
  ];
  const filing = (name: string): readonly string[] => [
    ...['file-report', 'ri-1', ...who, '--reporting', name, '--filed-at', since, '--reference', 'MSA-17'],
  ];
  const listed = withValue(policy(), 'spec.categories', [{ name: 'Privacy' }, { name: 'OperationalReliability' }]);
  const due = { name: 'ai-act', state: 'Open', warnAt: since, due: since };
  const incident = withValue(incidentManifest(), 'status', { deadlines: [due] });

  it.each([
    ['Privcy', 'Privacy'],
    ['privacy', 'Privacy'],
    ['OperationalReliabilty', 'OperationalReliability'],
  ])('an incident is not reported under category %s where %s is known: its duties would never begin', async (category, meant) => {
    const { taken, spec } = await take(reporting(category), { policy: listed });
    const sentence = `--category ${category} is no category of the policy or the model; did you mean ${meant}? Duties and runbooks go by it`;
    expect([taken, spec]).toEqual([failure(sentence), null]);
  });

  it.each(['Privacy', 'Fairness', 'Weather'])('one of category %s, which is known or like no other, is', async (category) => {
    const { taken, spec } = await take(reporting(category), { policy: listed });
    expect(taken.ok).toBe(true);
    expect(spec).toMatchObject({ action: 'ReportIncident', report: { category } });
  });

  it('nor under what is all but one of the six categories of a policy that lists none', async () => {
    const { taken, spec } = await take(reporting('Securty'), { policy: policy() });
    expect([taken.ok, spec]).toEqual([false, null]);
    expect(taken).toMatchObject({ failure: expect.stringContaining('did you mean Security?') });
  });

  it('nor is a report filed under a name that is all but that of the duty', async () => {
    const { taken, spec } = await take(filing('ai-atc'), { incident });
    const sentence = '--reporting ai-atc is no duty of this incident and would file no deadline; did you mean ai-act?';
    expect([taken, spec]).toEqual([failure(sentence), null]);
  });

  it.each(['ai-act', 'press-release'])('one under %s is', async (name) => {
    expect((await take(filing(name), { incident })).spec).toMatchObject({ filed: { reporting: name } });
  });

  it('and without duties any name may be', async () => {
    expect((await take(filing('ai-atc'))).taken.ok).toBe(true);
  });
});
