import { planManifest, withValue } from '../../builders/api.ts';
import { jobKeys, patchKeys } from '../../../src/api/targets/target.ts';
import { casesOf } from './cel-case.ts';
import { needs } from './cel-cases-of-targets.ts';

const values = [{ path: '/spec/maxReplicas', value: 2 }];
const target = { name: 'setting', patch: { group: 'keda.sh', resource: 'scaledobjects', name: 'credit', values } };
const base = withValue(withValue(planManifest(), 'spec.targets[2]', target), 'spec.stages[2].actions[2]', { target: 'setting', patch: {} });
const at = 'spec.targets[2].patch';

/** What the rules of a plan say of a patch. */
export const patchCases = casesOf(base, [
  {
    field: `${at}.values[0].path`,
    message: 'apiVersion, kind and status are not for users to set: name a field of the spec, a label or an annotation',
    accept: [[`${at}.values[0].path`, '/spec/status']],
    reject: [[`${at}.values[0].path`, '/status/replicas']],
  },
  {
    field: `${at}.values[0].path`,
    message:
      'of metadata only single labels and annotations can be patched, and none of modelrisk.dev: write /metadata/labels/KEY or /metadata/annotations/KEY',
    accept: [[`${at}.values[0].path`, '/metadata/annotations/example.com~1limit']],
    reject: [[`${at}.values[0].path`, '/metadata/annotations/modelrisk.dev~1journal']],
  },
  {
    field: `${at}.values[0].path`,
    message: 'a patch must not touch what runs in pods (templates, containers): name another field, or use a target of kind deployment',
    accept: [[`${at}.values[0].path`, '/spec/templateName']],
    reject: [[`${at}.values[0].path`, '/spec/job/template/spec']],
  },
  {
    field: `${at}.resource`,
    message: 'objects that grant rights, admit, hold credentials or run programs can never be patched: name another kind',
    accept: [[`${at}.group`, '']],
    reject: [
      [`${at}.group`, ''],
      [`${at}.resource`, 'secrets'],
    ],
  },
  {
    field: `${at}.values`,
    message: 'a path must not lead into the value of another: write one value for both',
    accept: [[`${at}.values[1]`, { path: '/spec/maxReplicasToo', value: 3 }]],
    reject: [[`${at}.values[1]`, { path: '/spec/maxReplicas/inner', value: 3 }]],
  },
  {
    field: 'spec.stages',
    message: needs('patch', patchKeys),
    accept: [],
    reject: [['spec.stages[2].actions[0]', { target: 'traffic', patch: {} }]],
  },
]);

const withJob = withValue(planManifest(), 'spec.targets[2]', { name: 'retrain', job: { cronJob: 'retrain' } });

/** What the rules of a plan say of a job. */
export const jobCases = casesOf(withJob, [
  {
    field: 'spec.stages',
    message: needs('runJob', jobKeys),
    // Run in one stage, it need not be repeated in the next.
    accept: [['spec.stages[1].actions[1]', { target: 'retrain', runJob: {} }]],
    reject: [['spec.stages[2].actions[0]', { target: 'traffic', runJob: {} }]],
  },
]);

/** Every group and kind no patch may touch is refused. */
export const furtherPatchCases = casesOf(
  base,
  ['rbac.authorization.k8s.io', 'admissionregistration.k8s.io', 'apiextensions.k8s.io', 'coordination.k8s.io', 'modelrisk.dev'].map(
    (group) => ({
      field: `${at}.resource`,
      message: 'objects that grant rights, admit, hold credentials or run programs can never be patched: name another kind',
      accept: [],
      reject: [[`${at}.group`, group]],
    }),
  ),
);
