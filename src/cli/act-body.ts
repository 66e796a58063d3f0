import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { readDataTime } from '../signals/data-time.ts';
import { assertNever } from '../shared/assert-never.ts';
import type { ActCommand, ActSwitches } from './act-command.ts';

type Body = Result<ActCommand['body'], string>;

/** The fields of the spec that belong to the action, as far as the command line says them. Failure: one sentence. */
export function bodyOf(action: ActCommand['action'], switches: ActSwitches): Body {
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
    case 'Review':
      return reviewOf(switches);
    case 'Accept':
    case 'Hold':
    case 'Release':
      return boundedOf(switches);
    case 'Acknowledge':
    case 'Approve':
    case 'Reject':
      return success({});
    default:
      return assertNever(action);
  }
}

function reviewOf({ minutes = '' }: ActSwitches): Body {
  const minutesSpent = /^\d+$/.test(minutes) ? Number(minutes) : 0;
  return minutesSpent < 1 ? failure(`--minutes ${minutes} is no number of minutes from 1 on`) : success({ minutesSpent });
}

/** Not Date.parse: it reads 03/04/2027 the American way, and 7 as a year. */
function boundedOf({ indicators, 'expires-at': expiresAt }: ActSwitches): Body {
  if (expiresAt !== undefined && readDataTime(expiresAt) === null)
    return failure(`--expires-at ${expiresAt} is no time: write it like 2027-01-31T00:00:00Z`);
  return success({
    ...(indicators === undefined ? {} : { indicators: indicators.split(',').filter((each) => each !== '') }),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  });
}

function postmortemOf(switches: ActSwitches): Body {
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
