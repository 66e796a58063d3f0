import { alertTemplate, httpJSONTemplate, pushTemplate, riskPolicyManifest, withValue } from '../../builders/api.ts';
import { casesOf, type CELCase } from './cel-case.ts';

const service = { name: 'drift-service', httpJSON: { url: 'http://drift.monitoring:8080' } };
const sound = withValue(withValue(riskPolicyManifest(), 'spec.providers[1]', service), 'spec.signals[2]', httpJSONTemplate());
const queries = 'promQL, drift, calibration, burnRate, anomaly, fairness, performance';
const prometheus = { url: 'http://prometheus:9090' };

/** Signals read from services, pushed and notified, and the providers of the first. */
export const sentCases: readonly CELCase[] = casesOf(sound, [
  {
    field: 'spec.providers[1].httpJSON.url',
    message: 'write an absolute http or https URL without user or password, e.g. http://prometheus.monitoring:9090',
    accept: [['spec.providers[1].httpJSON.url', 'https://drift.example/base']],
    reject: [['spec.providers[1].httpJSON.url', 'ftp://drift.example']],
  },
  {
    field: 'spec.providers[1]',
    message: 'write exactly one of prometheus, httpJSON',
    accept: [['spec.providers[2]', { name: 'thanos', prometheus }]],
    reject: [
      ['spec.providers[2]', { name: 'thanos', prometheus }],
      ['spec.providers[1].prometheus', prometheus],
    ],
  },
  {
    field: 'spec.providers[2].name',
    message: 'inbox is what signals that are pushed are read from: choose another name',
    accept: [['spec.providers[2]', { name: 'inboxes', prometheus }]],
    reject: [['spec.providers[2]', { name: 'inbox', prometheus }]],
  },
  {
    field: 'spec.providers[1].inlineQueries',
    message: 'only a prometheus answers queries: leave inlineQueries out',
    accept: [['spec.providers[0].inlineQueries', { enforceLabel: 'tenant' }]],
    reject: [['spec.providers[1].inlineQueries', { enforceLabel: 'namespace' }]],
  },
  {
    field: 'spec.signals[2]',
    message: `write provider with ${queries}, httpJSON, comparison, and only with those`,
    accept: [['spec.signals[3]', withValue(pushTemplate(), 'name', 'pushed')]],
    reject: [['spec.signals[2].provider', undefined]],
  },
  {
    field: 'spec.signals[2]',
    message: `write identity with ${queries}, alert, comparison, and only with those`,
    accept: [['spec.signals[2]', alertTemplate()]],
    reject: [['spec.signals[2].identity', { namespace: 'namespace', model: 'model' }]],
  },
  {
    field: 'spec.signals[2].httpJSON.path',
    message: 'let the path name whom it is asked about: write {namespace} and {model} into it',
    accept: [['spec.signals[2].httpJSON.path', '/models?of={model}&in={namespace}']],
    reject: [
      ['spec.signals[2].httpJSON.path', '/drift/{version}'],
      ['spec.signals[2].httpJSON.path', '/models/{model}'],
      ['spec.signals[2].httpJSON.path', '/{namespace}/drift'],
    ],
  },
  {
    field: 'spec.signals',
    message: 'signals with httpJSON are read from a provider with httpJSON, all others from one with prometheus: name another provider',
    accept: [['spec.signals[1].provider', 'prometheus']],
    reject: [['spec.signals[1].provider', 'drift-service']],
  },
]);
