import { modelRiskManifest, riskPolicyManifest } from '../../builders/api.ts';
import { casesOf, type CELCase } from './cel-case.ts';

const month = 2_592_000;

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
    {
      field: 'spec.categories[0].runbookURL',
      message: 'write an absolute http or https URL, e.g. https://runbooks.example/fairness',
      accept: [['spec.categories', [{ name: 'Fairness', runbookURL: 'https://runbooks.example/fairness' }]]],
      reject: [['spec.categories', [{ name: 'Fairness', runbookURL: 'ftp://runbooks.example/fairness' }]]],
    },
  ]),
];
