import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { bodyOf } from './act-body.ts';
import { actOptions } from './act-command.ts';
import type { ActCommand, ActSwitches } from './act-command.ts';

export const actUsage = `  kubectl modelrisk incidents [-n NAMESPACE | -A]      incidents that are open, with reports that are due and findings nobody took
                                                       up; exit code 1 when a report is overdue, or one can't be read
  kubectl modelrisk report-incident RISK --role ROLE --reason TEXT --onset TIME --aware TIME --known-from Customer|Regulator|Person
                    --category CATEGORY --severity Low|Medium|High|Critical --harm TEXT
                                                       put an incident on record that the operator did not see
  kubectl modelrisk acknowledge INCIDENT --role ROLE --reason TEXT
                                                       somebody has taken it up: reminders and their escalation stop
  kubectl modelrisk postmortem INCIDENT --role ROLE --reason TEXT --verdict TruePositive|FalsePositive --harm-confirmed Confirmed|RuledOut|Unknown
                    [--actual-loss AMOUNT] [--severity SEVERITY] [--onset TIME]
                    [--finding remediation/NAME=SUMMARY | --finding indicator/NAME=SUMMARY ...]
                                                       put on record what came of looking back at an incident
  kubectl modelrisk file-report INCIDENT --role ROLE --reason TEXT --reporting NAME --filed-at TIME --reference TEXT
                                                       put on record that an authority was told of an incident
  kubectl modelrisk review MODELRISK --role ROLE --reason TEXT --minutes MINUTES
                                                       put on record that a model was looked at as it is now (docs/reviews.md)
  kubectl modelrisk review-policy POLICY --role ROLE --reason TEXT --minutes MINUTES
                                                       the same of a RiskPolicy; needs the verb reviewpolicy in the whole cluster
  kubectl modelrisk accept MODELRISK --role ROLE --reason TEXT --indicators NAME,... --expires-at TIME
                                                       let broken limits bring nothing on until then (docs/sign-offs.md)
  kubectl modelrisk approve PLAN --role ROLE --reason TEXT
  kubectl modelrisk reject PLAN --role ROLE --reason TEXT
                                                       answer the stage a MitigationPlan asks for
  kubectl modelrisk hold PLAN --role ROLE --reason TEXT --expires-at TIME
                                                       freeze an engaged MitigationPlan in its stage until then
  kubectl modelrisk release PLAN --role ROLE --reason TEXT [--expires-at TIME]
                                                       give its targets back; its indicators bring nothing on until clear once
`;

interface Verb {
  readonly action: ActCommand['action'];
  readonly subject: ActCommand['subject'];
  readonly required: readonly (keyof ActSwitches)[];
  readonly optional: readonly (keyof ActSwitches)[];
}

const common = ['role', 'reason'] as const;

const verbs: Readonly<Record<string, Verb>> = {
  'report-incident': {
    action: 'ReportIncident',
    subject: 'ModelRisk',
    required: [...common, 'onset', 'aware', 'known-from', 'category', 'severity', 'harm'],
    optional: [],
  },
  postmortem: {
    action: 'Postmortem',
    subject: 'RiskIncident',
    required: [...common, 'verdict', 'harm-confirmed'],
    optional: ['actual-loss', 'severity', 'onset', 'finding'],
  },
  'file-report': {
    action: 'FileReport',
    subject: 'RiskIncident',
    required: [...common, 'reporting', 'filed-at', 'reference'],
    optional: [],
  },
  acknowledge: { action: 'Acknowledge', subject: 'RiskIncident', required: common, optional: [] },
  review: { action: 'Review', subject: 'ModelRisk', required: [...common, 'minutes'], optional: [] },
  'review-policy': { action: 'Review', subject: 'RiskPolicy', required: [...common, 'minutes'], optional: [] },
  accept: { action: 'Accept', subject: 'ModelRisk', required: [...common, 'indicators', 'expires-at'], optional: [] },
  approve: { action: 'Approve', subject: 'MitigationPlan', required: common, optional: [] },
  reject: { action: 'Reject', subject: 'MitigationPlan', required: common, optional: [] },
  hold: { action: 'Hold', subject: 'MitigationPlan', required: [...common, 'expires-at'], optional: [] },
  release: { action: 'Release', subject: 'MitigationPlan', required: common, optional: ['expires-at'] },
};

const flags = (names: readonly string[]): string => names.map((name) => `--${name}`).join(', ');

const signOffFlags: readonly string[] = [...common, 'expires-at'];

/** Commands that take all of these flags; of some that no command takes together, those that take one. */
function homesOf(given: readonly (keyof ActSwitches)[]): readonly string[] {
  const taking = (count: 'every' | 'some'): readonly string[] => [
    ...(given[count]((each) => signOffFlags.includes(each)) ? ['sign-off'] : []),
    ...Object.entries(verbs).flatMap(([word, { required, optional }]) =>
      given[count]((each) => required.includes(each) || optional.includes(each)) ? [word] : [],
    ),
  ];
  const all = taking('every');
  return all.length > 0 ? all : taking('some');
}

/** Null: these words name another command, and none of the switches of these is there. */
export function actCommand(words: readonly string[], switches: ActSwitches): Result<ActCommand, string> | null {
  const [word = '', name, ...rest] = words;
  const own = word === 'sign-off' ? signOffFlags : [];
  const given = (Object.keys(actOptions) as (keyof ActSwitches)[]).filter((each) => switches[each] !== undefined && !own.includes(each));
  const verb = verbs[word];
  if (verb === undefined)
    return given.length === 0 ? null : failure(`${flags(given)} ${given.length > 1 ? 'go' : 'goes'} with ${homesOf(given).join(', ')}`);
  if (name === undefined || rest.length > 0) return failure(`${word} takes the name of one ${verb.subject}`);
  const missing = verb.required.filter((each) => switches[each] === undefined);
  if (missing.length > 0) return failure(`${word} needs ${flags(missing)}`);
  const needless = given.filter((each) => !verb.required.includes(each) && !verb.optional.includes(each));
  if (needless.length > 0) return failure(`${flags(needless)} ${needless.length > 1 ? 'do' : 'does'} not go with ${word}`);
  const body = bodyOf(verb.action, switches);
  if (!body.ok) return body;
  const { role = '', reason = '' } = switches;
  return success({ kind: 'Act', action: verb.action, subject: verb.subject, name, role, reason, body: body.value });
}
