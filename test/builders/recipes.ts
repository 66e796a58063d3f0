import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { parseModelRisk, type ModelRisk } from '../../src/api/model-risk.ts';
import { parseRiskPolicy, type RiskPolicy } from '../../src/api/risk-policy.ts';
import { stored, type Manifest } from './api.ts';

const folder = join(import.meta.dirname, '..', '..', 'config', 'recipes');

export interface Recipe {
  /** Name of the file without its ending. */
  readonly tool: string;
  readonly manifests: readonly Manifest[];
  readonly policy: RiskPolicy;
  readonly risk: ModelRisk;
}

/** Every file of config/recipes, as the operator reads it: one policy, and one ModelRisk that uses it. `change` edits the text before. */
export function recipes(change: (text: string) => string = (text) => text): readonly Recipe[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => toRecipe(file.replace('.yaml', ''), change(readFileSync(join(folder, file), 'utf8'))));
}

function toRecipe(tool: string, text: string): Recipe {
  const manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  const [policyManifest, riskManifest] = manifests;
  if (policyManifest === undefined || riskManifest === undefined) throw new Error(`${tool}: a recipe is a policy and a ModelRisk`);
  const policy = parseRiskPolicy(stored(policyManifest));
  const risk = parseModelRisk(stored(riskManifest));
  if (!policy.ok) throw new Error(`${tool}: ${policy.failure.join('; ')}`);
  if (!risk.ok) throw new Error(`${tool}: ${risk.failure.join('; ')}`);
  return { tool, manifests, policy: policy.value, risk: risk.value };
}
