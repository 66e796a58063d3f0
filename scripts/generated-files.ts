/** What `npm run generate` writes, as path -> text; reads config/ and changes nothing, so that a test can compare it with the tree. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { writeCRD } from '../src/api/crd-writer.ts';
import { group } from '../src/api/kind.ts';
import { kinds } from '../src/api/kinds.ts';

const crdFolder = 'crds';
/** A kustomization beside crds/*.yaml would break `kubectl apply -f crds`, and kustomize reads no file outside its folder. */
const kustomizeFolder = 'config/crd';
const templates = 'charts/modelrisk-operator/templates';

/** Objects the chart holds word for word but for namespace and ServiceAccount, and the condition each stands under. */
const copied: readonly { readonly from: string; readonly to: string; readonly condition: string | null }[] = [
  { from: 'config/rbac', to: `${templates}/rbac`, condition: null },
  { from: 'config/push', to: `${templates}/push`, condition: '.Values.push.enabled' },
  { from: 'config/cluster-signals', to: `${templates}/cluster-signals`, condition: '.Values.clusterSignals.enabled' },
  { from: 'config/config-map-references', to: `${templates}/config-map-references`, condition: '.Values.configMapReferences.enabled' },
  { from: 'config/prometheus-rules', to: `${templates}/prometheus-rules`, condition: '.Values.prometheusRules.enabled' },
  { from: 'config/admission/validating', to: `${templates}/admission-validating`, condition: '.Values.admission.enabled' },
  {
    from: 'config/admission/mutating',
    to: `${templates}/admission-mutating`,
    condition: 'and .Values.admission.enabled (.Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy")',
  },
];

/** RoleBindings that let plans of single namespaces act on what is dangerous to touch: one for each namespace a list of values names. */
const optIn = { from: 'config/opt-in', to: `${templates}/opt-in`, values: '.Values.optIn' } as const;

/** Kinds that plans may patch are listed in the chart's values; as delivered there are none. */
const patchKinds = '.Values.patchKinds';

/** Folders that hold generated files only: anything else in them is stale. */
export const generatedFolders = [crdFolder, kustomizeFolder, `${templates}/crds`, ...copied.map(({ to }) => to), optIn.to];

const crdHeader = '# Generated from src/api by npm run generate. Edit the schema there.\n';

export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([...crdFiles(), ...copied.flatMap(templateFiles), ...optInFiles(), argocdPatch()]);
}

const argocdFolder = 'config/argocd';

/** Health scripts and actions as a patch of argocd-cm: Argo CD takes them from there and from nowhere else. */
function argocdPatch(): readonly [path: string, text: string] {
  const scripts = `${argocdFolder}/resource_customizations/${group}`;
  const data = readdirSync(scripts)
    .sort()
    .map((kind) => [`resource.customizations.health.${group}_${kind}`, readFileSync(`${scripts}/${kind}/health.lua`, 'utf8')] as const);
  const actions = readdirSync(scripts)
    .sort()
    .flatMap((kind) =>
      actionsOf(`${scripts}/${kind}/actions`).map((text) => [`resource.customizations.actions.${group}_${kind}`, text] as const),
    );
  const patch = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-cm' }, data: Object.fromEntries([...data, ...actions]) };
  const header = `# Generated from ${scripts} by npm run generate. Edit the scripts there.\n`;
  return [`${argocdFolder}/argocd-cm.yaml`, header + stringify(patch, { lineWidth: 0 })];
}

/** Nothing for a kind that has none. */
function actionsOf(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const isAction = (entry: string): boolean => existsSync(`${folder}/${entry}/action.lua`);
  const definitions = readdirSync(folder)
    .filter(isAction)
    .sort()
    .map((name) => ({ name, 'action.lua': readFileSync(`${folder}/${name}/action.lua`, 'utf8') }));
  return [stringify({ 'discovery.lua': readFileSync(`${folder}/discovery.lua`, 'utf8'), definitions }, { lineWidth: 0 })];
}

function crdFiles(): readonly (readonly [path: string, text: string])[] {
  const names = kinds.map((kind) => `${group}_${kind.plural}.yaml`);
  const kustomization = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: names };
  const files = kinds.flatMap((kind, index) => {
    const name = names[index] ?? '';
    // The API server's tools read YAML 1.1, where a bare Off is a boolean.
    const text = stringify(writeCRD(kind), { version: '1.1', lineWidth: 140, aliasDuplicateObjects: false });
    const plain = crdHeader + text;
    return [
      [`${crdFolder}/${name}`, plain],
      [`${kustomizeFolder}/${name}`, plain],
      [`${templates}/crds/${name}`, crdHeader + crdTemplate(text)],
    ] as const;
  });
  return [...files, [`${kustomizeFolder}/kustomization.yaml`, crdHeader + stringify(kustomization)]];
}

function crdTemplate(text: string): string {
  const kept = withoutActions(text).replace(
    /^metadata:\n/m,
    'metadata:\n{{- if .Values.crds.keep }}\n  annotations:\n    helm.sh/resource-policy: keep\n{{- end }}\n',
  );
  return under('.Values.crds.enabled', kept);
}

function templateFiles({ from, to, condition }: (typeof copied)[number]): readonly (readonly [path: string, text: string])[] {
  return readdirSync(from)
    .filter((file) => file !== 'kustomization.yaml')
    .map((file) => {
      const text = withPatchKinds(file, ofRelease(`${from}/${file}`));
      return [`${to}/${file}`, generatedFrom(`${from}/${file}`) + (condition === null ? text : under(condition, text))];
    });
}

/** A rule for each listed kind: what the operator and who restores may do, and whose journals are guarded. */
function withPatchKinds(file: string, text: string): string {
  if (file === 'patches.yaml') {
    const verbs = ['get, list, watch, patch', 'get, list, patch, restore'];
    const rules = `rules:{{ if not ${patchKinds} }} []{{ end }}\n`;
    return verbs.reduce((left, each) => left.replace('rules: []\n', `${rules}${forEachPatchKind(2, `verbs: [${each}]`)}`), text);
  }
  if (file !== 'target-journal.yaml') return text;
  return text.replace('  variables:\n', `${forEachPatchKind(6, 'apiVersions: ["*"]', 'operations: [CREATE, UPDATE]')}  variables:\n`);
}

function forEachPatchKind(indent: number, ...members: readonly string[]): string {
  const lines = ['apiGroups: [{{ .group | quote }}]', 'resources: [{{ .resource | quote }}]', ...members];
  const text = lines.map((line, index) => `${' '.repeat(indent)}${index === 0 ? '- ' : '  '}${line}\n`).join('');
  return `{{- range ${patchKinds} }}\n${text}{{- end }}\n`;
}

function optInFiles(): readonly (readonly [path: string, text: string])[] {
  return readdirSync(optIn.from).map((file) => {
    const list = `${optIn.values}.${file.replace('.yaml', '')}`;
    const bound = ofRelease(`${optIn.from}/${file}`)
      .replaceAll('.Release.', '$.Release.')
      .replaceAll('.Values.', '$.Values.')
      .replace(/^metadata:\n {2}name: .*\n/m, '$&  namespace: {{ . }}\n');
    return [`${optIn.to}/${file}`, `${generatedFrom(`${optIn.from}/${file}`)}{{- range ${list} }}\n---\n${bound}{{- end }}\n`];
  });
}

function generatedFrom(path: string): string {
  return `# Generated from ${path} by npm run generate. Edit it there.\n`;
}

/** A manifest with namespace and ServiceAccount as the release has them. */
function ofRelease(path: string): string {
  return withoutActions(readFileSync(path, 'utf8'))
    .replaceAll(
      'system:serviceaccount:modelrisk-system:modelrisk-operator',
      'system:serviceaccount:{{ .Release.Namespace }}:{{ .Values.serviceAccount.name }}',
    )
    .replaceAll('system:serviceaccount:modelrisk-system:', 'system:serviceaccount:{{ .Release.Namespace }}:')
    .replaceAll('namespace: modelrisk-system', 'namespace: {{ .Release.Namespace }}')
    .replaceAll(/(kind: ServiceAccount\n(?:metadata:\n)? +name: )modelrisk-operator/g, '$1{{ .Values.serviceAccount.name }}');
}

function under(condition: string, text: string): string {
  return `{{- if ${condition} }}\n${text}{{- end }}\n`;
}

/** Text Helm will not take for an action. */
function withoutActions(text: string): string {
  if (text.includes('{{')) throw new Error('a manifest holds {{, which Helm would take for an action');
  return text;
}
