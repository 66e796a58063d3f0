import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';

/** A RiskDecision on an incident, or one that reports one; what its fields may hold the API server says. */
export interface ActCommand {
  readonly kind: 'Act';
  readonly action: 'ReportIncident' | 'Postmortem' | 'FileReport';
  /** Of the ModelRisk for ReportIncident, else of the RiskIncident. */
  readonly name: string;
  readonly role: string;
  readonly reason: string;
  /** The field of the spec that belongs to the action. */
  readonly body: Readonly<Record<string, object>>;
}

export const actUsage = `  kubectl modelrisk incidents [-n NAMESPACE | -A]      incidents that are open, with reports that are due and findings nobody took
                                                       up; exit code 1 when a report is overdue, or one can't be read
  kubectl modelrisk report-incident RISK --role ROLE --reason TEXT --onset TIME --aware TIME --known-from Customer|Regulator|Person
                    --category CATEGORY --severity Low|Medium|High|Critical --harm TEXT
                                                       put an incident on record that the operator did not see
  kubectl modelrisk postmortem INCIDENT --role ROLE --reason TEXT --verdict TruePositive|FalsePositive --harm-confirmed Confirmed|RuledOut|Unknown
                    [--actual-loss AMOUNT] [--severity SEVERITY] [--onset TIME]
                    [--finding remediation/NAME=SUMMARY | --finding indicator/NAME=SUMMARY ...]
                                                       put on record what came of looking back at an incident
  kubectl modelrisk file-report INCIDENT --role ROLE --reason TEXT --reporting NAME --filed-at TIME --reference TEXT
                                                       put on record that an authority was told of an incident
`;

export const actOptions = {
  role: { type: 'string' },
  reason: { type: 'string' },
  onset: { type: 'string' },
  aware: { type: 'string' },
  'known-from': { type: 'string' },
  category: { type: 'string' },
  severity: { type: 'string' },
  harm: { type: 'string' },
  verdict: { type: 'string' },
  'harm-confirmed': { type: 'string' },
  'actual-loss': { type: 'string' },
  finding: { type: 'string', multiple: true },
  reporting: { type: 'string' },
  'filed-at': { type: 'string' },
  reference: { type: 'string' },
} as const;

export type ActSwitches = { readonly [Name in Exclude<keyof typeof actOptions, 'finding'>]?: string } & { readonly finding?: string[] };

interface Verb {
  readonly action: ActCommand['action'];
  readonly subject: string;
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
};

const flags = (names: readonly string[]): string => names.map((name) => `--${name}`).join(', ');

function homesOf(given: readonly (keyof ActSwitches)[]): readonly string[] {
  const isSharedWithSignOff = given.every((each) => (common as readonly string[]).includes(each));
  return [...(isSharedWithSignOff ? ['sign-off'] : []), ...Object.keys(verbs)];
}

/** Null: these words name another command, and none of the switches of these is there. */
export function actCommand(words: readonly string[], switches: ActSwitches): Result<ActCommand, string> | null {
  const [word = '', name, ...rest] = words;
  const given = (Object.keys(actOptions) as (keyof ActSwitches)[]).filter((each) => switches[each] !== undefined);
  const verb = verbs[word];
  if (verb === undefined) return given.length === 0 ? null : failure(`${flags(given)} goes with ${homesOf(given).join(', ')}`);
  if (name === undefined || rest.length > 0) return failure(`${word} takes the name of one ${verb.subject}`);
  const missing = verb.required.filter((each) => switches[each] === undefined);
  if (missing.length > 0) return failure(`${word} needs ${flags(missing)}`);
  const needless = given.filter((each) => !verb.required.includes(each) && !verb.optional.includes(each));
  if (needless.length > 0) return failure(`${flags(needless)} does not go with ${word}`);
  const body = bodyOf(verb.action, switches);
  if (!body.ok) return body;
  return success({ kind: 'Act', action: verb.action, name, role: switches.role ?? '', reason: switches.reason ?? '', body: body.value });
}

function bodyOf(action: ActCommand['action'], switches: ActSwitches): Result<ActCommand['body'], string> {
  switch (action) {
    case 'ReportIncident': {
      const { onset: onsetAt, aware: awareAt, 'known-from': knownFrom, category, severity, harm } = switches;
      return success({ report: { onsetAt, awareAt, knownFrom, category, severity, harm } });
    }
    case 'FileReport': {
      const { reporting, 'filed-at': at, reference } = switches;
      return success({ filed: { reporting, at, reference } });
    }
    case 'Postmortem':
      return postmortemOf(switches);
  }
}

function postmortemOf(switches: ActSwitches): Result<ActCommand['body'], string> {
  const { verdict, 'harm-confirmed': harmConfirmed, 'actual-loss': loss, severity, onset: onsetAt, finding = [] } = switches;
  const actualLoss = loss === undefined ? undefined : Number(loss);
  // An empty text is 0 to Number, and a loss nobody knows is not one of nothing.
  if (actualLoss !== undefined && (loss?.trim() === '' || !(Number.isFinite(actualLoss) && actualLoss >= 0)))
    return failure(`--actual-loss ${loss ?? ''} is no amount`);
  const findings = finding.map(findingOf);
  const wrong = findings.findIndex((each) => each === null);
  if (wrong !== -1) return failure(`--finding ${finding[wrong] ?? ''}: write remediation/NAME=SUMMARY or indicator/NAME=SUMMARY`);
  const optional = Object.fromEntries(Object.entries({ actualLoss, severity, onsetAt }).filter(([, value]) => value !== undefined));
  return success({ postmortem: { verdict, harmConfirmed, ...optional, findings } });
}

/** What a finding becomes names it. */
function findingOf(text: string): object | null {
  const [, becomes, name, summary] = /^(remediation|indicator)\/([^=]+)=(.+)$/s.exec(text) ?? [];
  if (becomes === undefined || name === undefined || summary === undefined) return null;
  return { name, summary, [becomes]: name };
}
