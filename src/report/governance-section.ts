import type { ModelRisk } from '../api/model-risk.ts';
import type { RiskDecision } from '../api/risk-decision.ts';
import type { ReportBlock, ReportSection } from '../core/report/document.ts';
import type { ReportFacts } from './facts.ts';
import { fieldTable, tableOr } from './field-table.ts';
import { acceptances } from './pending.ts';
import { toReviewLine } from './review-line.ts';
import { fieldOf } from './source.ts';

/** Who answers for the model: sign-offs, reviews, and what people decided in the period. */
export function governanceSection(model: ModelRisk, facts: ReportFacts): ReportSection {
  return {
    heading: 'Sign-offs, reviews and decisions',
    blocks: [
      condition(model, 'SignedOff'),
      signOffs(model),
      versions(model),
      condition(model, 'ReviewCurrent'),
      review(model),
      decisions(facts),
    ],
  };
}

function condition(model: ModelRisk, type: string): ReportBlock {
  const found = model.status.conditions.find((each) => each.type === type);
  const text =
    found === undefined
      ? `${type}: unknown, no operator has looked at it yet.`
      : `${type}: ${found.status} (${found.reason}). ${found.message}`.trim();
  return { kind: 'Text', text, source: fieldOf('ModelRisk', model, `.status.conditions[${type}]`) };
}

function signOffs(model: ModelRisk): ReportBlock {
  const { signOffs: made, missingSignOffs } = model.status;
  const rows = [
    ...made.map(({ role, author, at, digest, decision, expires }) => ({
      cells: [role, author, at, expires ?? 'never', digest, decision],
      source: fieldOf('ModelRisk', model, `.status.signOffs[${role}]`),
    })),
    ...missingSignOffs
      .filter((role) => !made.some((each) => each.role === role))
      .map((role) => ({ cells: [role, 'missing', '', '', '', ''], source: fieldOf('ModelRisk', model, '.status.missingSignOffs') })),
  ];
  const columns = ['Role', 'Signed by', 'At', 'Ends', 'Digest of what was signed', 'RiskDecision'];
  return tableOr({ kind: 'Table', caption: 'Last sign-off in each role', columns, rows }, 'Nobody signed, and nobody is asked to.');
}

function versions(model: ModelRisk): ReportBlock {
  const rows = model.status.approvedVersions.map(({ version, roles, at, expires }) => ({
    cells: [version, roles.join(', '), at, expires ?? 'never'],
    source: fieldOf('ModelRisk', model, `.status.approvedVersions[${version}]`),
  }));
  const columns = ['Version', 'Signed in roles', 'Since', 'Ends'];
  return tableOr({ kind: 'Table', caption: 'Versions with all sign-offs', columns, rows }, 'No version carries all sign-offs.');
}

function review(model: ModelRisk): ReportBlock {
  const { last, by, next } = toReviewLine(model);
  const { minutesSpent, version } = model.status.review ?? {};
  return fieldTable(
    'Reviews',
    ['ModelRisk', model],
    [
      ['Last review', last ?? 'none', '.status.review.last'],
      ['Made by', by ?? undefined, '.status.review.by'],
      ['Of version', version, '.status.review.version'],
      ['Minutes it took', minutesSpent === undefined ? undefined : String(minutesSpent), '.status.review.minutesSpent'],
      ['Next one due', next ?? 'none is asked for', '.status.review.next'],
    ],
  );
}

/** Made in the period, or in force still. */
function decisions(facts: ReportFacts): ReportBlock {
  const { fromMs, toMs } = facts.window;
  const lasting = new Set(acceptances(facts));
  const isShown = (decision: RiskDecision): boolean => {
    const atMs = Date.parse(decision.metadata.creationTimestamp);
    return (atMs >= fromMs && atMs < toMs) || lasting.has(decision);
  };
  const rows = facts.decisions.filter(isShown).map((decision) => ({
    cells: cellsOf(decision),
    source: fieldOf('RiskDecision', decision, '.spec', '.status.conditions[Valid]'),
  }));
  const columns = ['Action', 'Role', 'Author', 'At', 'Ends', 'Counts', 'Reason'];
  return tableOr(
    { kind: 'Table', caption: 'Decisions of the period, and acceptances in force', columns, rows },
    'Nobody decided anything in the period.',
  );
}

function cellsOf({ metadata, spec, status }: RiskDecision): readonly string[] {
  const valid = status.conditions.find(({ type }) => type === 'Valid');
  return [
    spec.indicators === undefined ? spec.action : `${spec.action} of ${spec.indicators.join(', ')}`,
    spec.role,
    spec.author ?? 'unknown',
    metadata.creationTimestamp,
    spec.expiresAt ?? '',
    valid === undefined ? 'unknown' : `${valid.status} (${valid.reason})`,
    spec.reason,
  ];
}
