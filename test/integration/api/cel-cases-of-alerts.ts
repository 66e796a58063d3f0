import { modelRiskManifest, riskPolicyManifest } from '../../builders/api.ts';
import { casesOf, type CELCase } from './cel-case.ts';

const month = 2_592_000;

const everyPlaceholder = 'https://links.example/{namespace}/{model}?v={version}&i={indicator}#{incident}';

/** One field with a link; what is good is good everywhere, and each field refuses something else. */
function linkCase(field: string, bad: string, set: (url: string) => readonly [string, unknown]) {
  const message =
    'write an absolute http or https URL, behind its host with no other braces than {namespace}, {model}, {version}, {indicator}, {incident}, e.g. https://runbooks.example/{model}';
  return { field, message, accept: [set(everyPlaceholder)], reject: [set(bad)] };
}

export const alertCases: readonly CELCase[] = [
  ...casesOf(modelRiskManifest(), [
    {
      field: 'spec.indicators[0].objective.targetPercent',
      message: 'no burn of so large a budget could raise an alert: with windowSeconds write a targetPercent of 50 or more',
      accept: [['spec.indicators[0].objective', { targetPercent: 50, windowSeconds: month }]],
      reject: [['spec.indicators[0].objective', { targetPercent: 49.9, windowSeconds: month }]],
    },
  ]),
  ...casesOf(riskPolicyManifest(), [
    linkCase('spec.categories[0].runbookURL', 'ftp://runbooks.example/fairness', (runbookURL) => [
      'spec.categories',
      [{ name: 'Fairness', runbookURL }],
    ]),
    linkCase('spec.categories[0].dashboardURL', 'https://grafana.example/d/{team}', (dashboardURL) => [
      'spec.categories',
      [{ name: 'Fairness', dashboardURL }],
    ]),
    linkCase('spec.tiers[0].playbook.runbookURL', 'https://{model}.example/runbook', (runbookURL) => [
      'spec.tiers',
      [{ name: 'All', playbook: { runbookURL } }],
    ]),
    linkCase('spec.tiers[0].playbook.dashboardURL', 'https://grafana.example/d/{{model}}', (dashboardURL) => [
      'spec.tiers',
      [{ name: 'All', playbook: { dashboardURL } }],
    ]),
    linkCase('spec.runbookURL', 'https://user@runbooks.example/', (runbookURL) => ['spec.runbookURL', runbookURL]),
    linkCase('spec.dashboardURL', 'grafana.example/d', (dashboardURL) => ['spec.dashboardURL', dashboardURL]),
  ]),
];
