import { describe, expect, it } from '@jest/globals';
import { takeAct } from '../../../src/cli/act.ts';
import { readArguments } from '../../../src/cli/arguments.ts';
import type { ActCommand } from '../../../src/cli/act-command.ts';
import { parseRiskDecision } from '../../../src/api/risk-decision.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { incidentManifest, modelRiskManifest, planManifest, riskPolicyManifest, stored } from '../../builders/api.ts';

const nowMs = Date.parse('2026-06-10T00:00:00Z');

function command(line: readonly string[]): ActCommand {
  const read = readArguments(line);
  if (!read.ok) throw new Error(read.failure);
  if (read.value.command.kind !== 'Act') throw new Error(read.value.command.kind);
  return read.value.command;
}

const who = ['--role', 'risk', '--reason', 'seen'];
const lines = {
  'report-incident': [
    ...['report-incident', 'credit', ...who, '--onset', '2026-05-01T00:00:00Z', '--aware', '2026-05-02T00:00:00Z'],
    ...['--known-from', 'Customer', '--category', 'Fairness', '--severity', 'High', '--harm', 'Refused for their age.'],
  ],
  postmortem: [
    ...[
      'postmortem',
      'ri-1',
      ...who,
      '--verdict',
      'TruePositive',
      '--harm-confirmed',
      'Confirmed',
      '--actual-loss',
      '1200',
      '--severity',
      'Low',
    ],
    ...['--finding', 'remediation/retrain=Retrain each quarter.', '--finding', 'indicator/parity=Watch a = b.'],
  ],
  'file-report': ['file-report', 'ri-1', ...who, '--reporting', 'ai-act', '--filed-at', '2026-05-03T00:00:00Z', '--reference', 'MSA-17'],
};

function clients(user: string | null = 'ana') {
  const written: UntypedObject[] = [];
  const refused = failure({ kind: 'Forbidden', message: 'not allowed' } as never);
  return {
    written,
    risks: { get: () => Promise.resolve(success(stored(modelRiskManifest()) as unknown as UntypedObject)) },
    incidents: { get: () => Promise.resolve(success(stored(incidentManifest()) as unknown as UntypedObject)) },
    plans: { get: () => Promise.resolve(success(stored(planManifest()) as unknown as UntypedObject)) },
    policies: { get: () => Promise.resolve(success(stored(riskPolicyManifest()) as unknown as UntypedObject)) },
    decisions: {
      create: (object: object) => {
        written.push(object as UntypedObject);
        return Promise.resolve(success(object as UntypedObject));
      },
    },
    selves: { create: () => Promise.resolve(user === null ? refused : success({ status: { userInfo: { username: user } } } as never)) },
  };
}

async function written(line: readonly string[], user: string | null = 'ana'): Promise<UntypedObject> {
  const given = clients(user);
  const taken = await takeAct(given, command(line), { namespace: 'lending', nowMs });
  if (!taken.ok) throw new Error(taken.failure);
  expect(taken.value.sentences).toEqual([expect.stringContaining(`RiskDecision lending/${taken.value.decision} is created`)]);
  const [object] = given.written;
  if (object === undefined) throw new Error('nothing was written');
  const parsed = parseRiskDecision(stored(object as never));
  if (!parsed.ok) throw new Error(parsed.failure.join('; '));
  return object;
}

describe('acts on incidents', () => {
  it('report one about the model, without a digest', async () => {
    const { spec } = (await written(lines['report-incident'])) as never as { readonly spec: object };
    expect(spec).toMatchObject({
      action: 'ReportIncident',
      author: 'ana',
      subjectRef: { kind: 'ModelRisk', name: 'credit' },
      report: { onsetAt: '2026-05-01T00:00:00Z', awareAt: '2026-05-02T00:00:00Z', knownFrom: 'Customer', severity: 'High' },
    });
    expect(spec).not.toHaveProperty('digest');
  });

  it('look back at one and file its report, on the digest of the plan', async () => {
    const { digest } = (incidentManifest()['spec'] as { readonly planRef: { readonly digest: string } }).planRef;
    expect((await written(lines.postmortem))['spec']).toMatchObject({
      digest,
      subjectRef: { kind: 'RiskIncident', name: 'ri-1' },
      postmortem: {
        ...{ verdict: 'TruePositive', harmConfirmed: 'Confirmed', actualLoss: 1200, severity: 'Low' },
        findings: [
          { name: 'retrain', summary: 'Retrain each quarter.', remediation: 'retrain' },
          { name: 'parity', summary: 'Watch a = b.', indicator: 'parity' },
        ],
      },
    });
    expect((await written(lines['file-report']))['spec']).toMatchObject({ digest, filed: { reporting: 'ai-act', reference: 'MSA-17' } });
  });

  it('leave the author to a server that does not say who asks', async () => {
    expect((await written(lines.postmortem, null))['spec']).not.toHaveProperty('author');
  });

  it('say what was not found, not readable or refused', async () => {
    const act = command(lines.postmortem);
    const at = { namespace: 'lending', nowMs };
    const denied = () => Promise.resolve(failure({ kind: 'Forbidden', message: 'not allowed' } as never));
    expect(await takeAct({ ...clients(), incidents: { get: denied } }, act, at)).toEqual(
      failure("RiskIncident lending/ri-1 can't be read: not allowed"),
    );
    expect(await takeAct({ ...clients(), decisions: { create: denied } }, act, at)).toEqual(
      failure('RiskIncident lending/ri-1: the decision was refused: not allowed'),
    );
    const broken = { get: () => Promise.resolve(success({ spec: {} } as never)) };
    for (const [line, kind] of [
      [lines.postmortem, 'RiskIncident lending/ri-1'],
      [lines['report-incident'], 'ModelRisk lending/credit'],
    ] as const) {
      const taken = await takeAct({ ...clients(), incidents: broken, risks: broken }, command(line), at);
      expect(taken.ok ? '' : taken.failure).toContain(`${kind} is not readable:`);
    }
  });

  it.each([
    [['postmortem', 'ri-1', '--role', 'risk'], 'postmortem needs --reason, --verdict, --harm-confirmed'],
    [['postmortem', ...who], 'postmortem takes the name of one RiskIncident'],
    [['report-incident', 'a', 'b'], 'report-incident takes the name of one ModelRisk'],
    [[...lines.postmortem, '--harm', 'x'], '--harm does not go with postmortem'],
    [['doctor', '--verdict', 'TruePositive'], '--verdict goes with postmortem'],
    [
      ['postmortem', 'ri-1', ...who, '--verdict', 'x', '--harm-confirmed', 'Confirmed', '--actual-loss', '1x'],
      '--actual-loss 1x is no amount',
    ],
    [
      ['postmortem', 'ri-1', ...who, '--verdict', 'x', '--harm-confirmed', 'Confirmed', '--actual-loss', ' '],
      '--actual-loss   is no amount',
    ],
    [
      ['postmortem', 'ri-1', ...who, '--verdict', 'x', '--harm-confirmed', 'Confirmed', '--finding', 'retrain'],
      '--finding retrain: write remediation/NAME=SUMMARY or indicator/NAME=SUMMARY',
    ],
  ])('%j is refused in one sentence: %s', (line, sentence) => {
    expect(readArguments(line)).toEqual({ ok: false, failure: sentence });
  });
});
