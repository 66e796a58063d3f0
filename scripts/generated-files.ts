/** What `npm run generate` writes, as path -> text. Pure, so that a test can compare it with the tree. */
import { stringify } from 'yaml';
import { writeCRD } from '../src/api/crd-writer.ts';
import { group } from '../src/api/kind.ts';
import { kinds } from '../src/api/kinds.ts';

const crdFolder = 'crds';
/** A kustomization beside crds/*.yaml would break `kubectl apply -f crds`, and kustomize reads no file outside its folder. */
const kustomizeFolder = 'config/crd';
const chartFolder = 'charts/modelrisk-operator/templates/crds';

/** Folders that hold generated files only: anything else in them is stale. */
export const generatedFolders = [crdFolder, kustomizeFolder, chartFolder];

const header = '# Generated from src/api by npm run generate. Edit the schema there.\n';

export function generatedFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const kind of kinds) {
    const file = fileName(kind);
    const text = stringify(writeCRD(kind), { lineWidth: 140, aliasDuplicateObjects: false });
    files.set(`${crdFolder}/${file}`, header + text);
    files.set(`${kustomizeFolder}/${file}`, header + text);
    files.set(`${chartFolder}/${file}`, header + asTemplate(text));
  }
  const kustomization = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: kinds.map(fileName) };
  files.set(`${kustomizeFolder}/kustomization.yaml`, header + stringify(kustomization));
  return files;
}

function fileName(kind: { readonly plural: string }): string {
  return `${group}_${kind.plural}.yaml`;
}

/** The same object behind the chart's switches. Nothing in a CRD of ours looks like a template action. */
function asTemplate(text: string): string {
  if (text.includes('{{')) throw new Error('a CRD holds {{, which Helm would take for an action');
  const kept = text.replace(
    /^metadata:\n/m,
    'metadata:\n{{- if .Values.crds.keep }}\n  annotations:\n    helm.sh/resource-policy: keep\n{{- end }}\n',
  );
  return `{{- if .Values.crds.enabled }}\n${kept}{{- end }}\n`;
}
