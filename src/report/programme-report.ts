import type { ReportDocument } from '../core/report/document.ts';
import { backlogSection } from './backlog-section.ts';
import { budgetsSection } from './budgets.ts';
import { constraintsSection } from './constraints.ts';
import { expectedLossSection } from './expected-loss.ts';
import type { ReportFacts } from './facts.ts';
import { gapsSection, unregisteredGap } from './gaps.ts';
import { pendingSection } from './pending.ts';
import { periodSection } from './period-figures.ts';
import { postureSection } from './posture.ts';

/** What a report says before it is dated. */
export type ReportText = Omit<ReportDocument, 'generatedAt' | 'period'>;

/** Items of each part of the backlog on one page. */
const topOfBacklog = 5;

/** The executive page. */
export function programmeReport(facts: ReportFacts): ReportText {
  return {
    title: 'Model risk: the programme',
    scope: facts.where,
    sections: [
      pendingSection(facts),
      postureSection(facts),
      expectedLossSection(facts),
      constraintsSection(facts),
      budgetsSection(facts),
      backlogSection(facts, topOfBacklog),
      periodSection(facts),
      gapsSection(facts, [unregisteredGap]),
    ],
  };
}
