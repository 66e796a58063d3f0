import { parseAllDocuments } from 'yaml';
import { runCommand } from '../../testbed/run-command.ts';
import { resolveTool } from '../../testbed/tools/resolve.ts';

/** An object as an installer would send it. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object; readonly annotations?: object };
  readonly [field: string]: unknown;
}

/** `Kind/name` to object; a name that comes twice is an error of the installer. */
export type Installation = ReadonlyMap<string, Rendered>;

function readObjects(yaml: string): Installation {
  const objects = parseAllDocuments(yaml)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null);
  const installation = new Map(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
  if (installation.size !== objects.length) throw new Error('an object is rendered twice');
  return installation;
}

export async function kustomize(folder: string): Promise<Installation> {
  const { code, stdout, stderr } = await runCommand(await resolveTool('kubectl'), ['kustomize', folder]);
  if (code !== 0) throw new Error(stderr);
  return readObjects(stdout);
}

/** What a cluster serves, as `helm install` would find out by itself. */
export const kubernetes136 = ['--kube-version', '1.36.0', '--api-versions', 'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy'];
export const kubernetes130 = ['--kube-version', '1.30.0'];

export interface HelmAnswer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function helm(args: readonly string[]): Promise<HelmAnswer> {
  return runCommand(await resolveTool('helm'), args);
}

export async function helmTemplate(args: readonly string[]): Promise<Installation> {
  const { code, stdout, stderr } = await helm(['template', 'modelrisk', 'charts/modelrisk-operator', ...args]);
  if (code !== 0) throw new Error(stderr);
  return readObjects(stdout);
}
