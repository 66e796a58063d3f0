import type { RiskDecision } from '../api/risk-decision.ts';
import type { ReportRow, ReportSection } from '../core/report/document.ts';
import type { ReportFacts } from './facts.ts';
import { incidentLines } from './incident-line.ts';
import type { IncidentLine } from './incident-line.ts';
import { toReviewLine } from './review-line.ts';
import { fieldOf, nameOf } from './source.ts';

/** How far ahead an acceptance that ends is shown. */
const soonMs = 30 * 86_400_000;

interface Matter {
  readonly what: string;
  readonly object: string;
  /** RFC 3339; empty: since nobody knows when. */
  readonly due: string;
  readonly command: string;
  readonly source: string;
}

/** What waits for a person, the gravest kind first, each with what to do. */
export function pendingSection(facts: ReportFacts): ReportSection {
  const lines = incidentLines(facts.incidents, facts.nowMs);
  const matters = [
    ...lines.flatMap(overdueReports),
    ...stagesAsked(facts),
    ...lines.flatMap(untaken),
    ...overdueReviews(facts),
    ...endingAcceptances(facts),
    ...missingSignOffs(facts),
    ...lines.flatMap(openFindings),
  ];
  const heading = 'What has to be decided now';
  if (matters.length === 0) return { heading, blocks: [{ kind: 'Text', text: 'Nothing waits for a decision.' }] };
  const columns = ['What', 'Object', 'Due or since', 'What to do'];
  return {
    heading,
    blocks: [{ kind: 'Table', caption: 'What waits for a person, the gravest kind first', columns, rows: matters.map(toRow) }],
  };
}

function toRow({ what, object, due, command, source }: Matter): ReportRow {
  return { cells: [what, object, due, command], source };
}

const inside = ({ namespace }: { readonly namespace: string }): string => `-n ${namespace}`;

function incidentObject({ namespace, name }: Pick<IncidentLine, 'namespace' | 'name'>) {
  return { metadata: { namespace, name } };
}

function overdueReports(line: IncidentLine): readonly Matter[] {
  const { namespace, name, severity } = line;
  return line.due
    .filter(({ isOverdue }) => isOverdue)
    .map((each) => ({
      what: `Report ${each.name} of a ${severity} incident is overdue`,
      object: `RiskIncident ${namespace}/${name}`,
      due: each.due,
      command: `kubectl modelrisk file-report ${name} ${inside(line)} --reporting ${each.name} --role ROLE --reason TEXT --filed-at TIME --reference TEXT`,
      source: fieldOf('RiskIncident', incidentObject(line), `.status.deadlines[${each.name}]`),
    }));
}

function untaken(line: IncidentLine): readonly Matter[] {
  if (!line.isOpen || line.acknowledgedBy !== null) return [];
  return [
    {
      what: `A ${line.severity} incident was taken up by nobody`,
      object: `RiskIncident ${line.namespace}/${line.name}`,
      due: line.openedAt,
      command: `kubectl modelrisk explain ${line.risk} ${inside(line)}; then kubectl modelrisk acknowledge ${line.name} ${inside(line)} --role ROLE --reason TEXT`,
      source: fieldOf('RiskIncident', incidentObject(line), '.status.entries'),
    },
  ];
}

function openFindings(line: IncidentLine): readonly Matter[] {
  return line.openFindings.map((finding) => ({
    what: `Finding ${finding} became neither remediation nor indicator`,
    object: `RiskIncident ${line.namespace}/${line.name}`,
    due: '',
    command: `kubectl edit modelrisk ${line.risk} ${inside(line)}: add what it names to spec.remediations or spec.indicators`,
    source: fieldOf('RiskIncident', incidentObject(line), `.status.findings[${finding}]`),
  }));
}

function stagesAsked({ plans }: ReportFacts): readonly Matter[] {
  return plans.flatMap((plan) => {
    const asked = plan.status.conditions.find(({ type, status }) => type === 'AwaitingApproval' && status === 'True');
    if (asked === undefined) return [];
    return [
      {
        what: `A stage waits for an answer: ${asked.message}`,
        object: `MitigationPlan ${nameOf(plan)}`,
        due: asked.lastTransitionTime,
        command: `kubectl modelrisk explain ${plan.spec.riskRef.name} -n ${plan.metadata.namespace ?? ''}; then kubectl modelrisk approve (or reject) ${plan.metadata.name} -n ${plan.metadata.namespace ?? ''} --role ROLE --reason TEXT`,
        source: fieldOf('MitigationPlan', plan, '.status.conditions[AwaitingApproval]'),
      },
    ];
  });
}

function overdueReviews({ models }: ReportFacts): readonly Matter[] {
  return models.flatMap((model) => {
    const line = toReviewLine(model);
    if (line.standing !== 'Overdue') return [];
    return [
      {
        what: 'Review is overdue',
        object: `ModelRisk ${nameOf(model)}`,
        due: line.next ?? '',
        command: `kubectl modelrisk report --model ${line.name} ${inside(line)}; then kubectl modelrisk review ${line.name} ${inside(line)} --role ROLE --reason TEXT --minutes MINUTES`,
        source: fieldOf('ModelRisk', model, '.status.review.next', '.status.conditions[ReviewCurrent]'),
      },
    ];
  });
}

function isInForce({ spec, status }: RiskDecision): boolean {
  return spec.action === 'Accept' && status.conditions.some((each) => each.type === 'Valid' && each.status === 'True');
}

/** Acceptances that count, with their ends. */
export function acceptances({ decisions, nowMs }: Pick<ReportFacts, 'decisions' | 'nowMs'>): readonly RiskDecision[] {
  return decisions.filter((each) => isInForce(each) && Date.parse(each.spec.expiresAt ?? '') > nowMs);
}

function endingAcceptances(facts: ReportFacts): readonly Matter[] {
  return acceptances(facts)
    .filter(({ spec }) => Date.parse(spec.expiresAt ?? '') <= facts.nowMs + soonMs)
    .map((decision) => ({
      what: `Acceptance of ${(decision.spec.indicators ?? []).join(', ')} ends; the next breach engages again`,
      object: `ModelRisk ${decision.metadata.namespace ?? ''}/${decision.spec.subjectRef.name}`,
      due: decision.spec.expiresAt ?? '',
      command: `kubectl modelrisk backlog -n ${decision.metadata.namespace ?? ''}; then mend it, or kubectl modelrisk accept ${decision.spec.subjectRef.name} -n ${decision.metadata.namespace ?? ''} (docs/sign-offs.md)`,
      source: fieldOf('RiskDecision', decision, '.spec.expiresAt'),
    }));
}

function missingSignOffs({ models }: ReportFacts): readonly Matter[] {
  return models.flatMap((model) =>
    model.status.missingSignOffs.map((role) => ({
      what: `Sign-off in role ${role} is missing`,
      object: `ModelRisk ${nameOf(model)}`,
      due: '',
      command: `kubectl modelrisk sign-off ${model.metadata.name} -n ${model.metadata.namespace ?? ''} --role ${role}`,
      source: fieldOf('ModelRisk', model, '.status.missingSignOffs'),
    })),
  );
}
