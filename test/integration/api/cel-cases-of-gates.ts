import { casesOf, type CELCase } from './cel-case.ts';

const gate = { apiVersion: 'modelrisk.dev/v1alpha1', kind: 'RiskGate', metadata: { name: 'gate' }, spec: { models: [] } };

export const gateCases: readonly CELCase[] = casesOf(gate, [
  {
    field: '',
    message: 'a namespace has one RiskGate: call it gate',
    accept: [],
    reject: [['metadata.name', 'another']],
  },
]);
