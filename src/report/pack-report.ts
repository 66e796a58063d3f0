import { toInstant } from '../api/instant.ts';
import type { ReportDocument } from '../core/report/document.ts';
import { composePack } from '../core/report/pack/compose.ts';
import type { Framework } from '../core/report/pack/compose.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { packFacts } from './pack-facts.ts';
import type { PackObjects, PackSight } from './pack-facts.ts';

export interface PackAsk extends PackSight {
  readonly frameworks: readonly Framework[];
  /** Name of the only framework; null: all of the file. */
  readonly framework: string | null;
  /** In words: the namespaces it speaks of. */
  readonly scope: string;
  /** What could not be read, one sentence each. */
  readonly gaps: readonly string[];
}

/** The regulator pack of these objects. Failure: one sentence. */
export function packReport(
  objects: PackObjects,
  { frameworks, framework, scope, gaps, ...sight }: PackAsk,
): Result<ReportDocument, string> {
  const wanted = framework === null ? frameworks : frameworks.filter(({ name }) => plain(name) === plain(framework));
  if (wanted.length === 0)
    return failure(`framework ${String(framework)} is not in the controls: name one of ${frameworks.map(({ name }) => name).join(', ')}`);
  return success(composePack(packFacts(objects, sight), wanted, { generatedAt: toInstant(sight.nowMs), scope, gaps }));
}

/** People write `nist ai rmf` and `ISO 42001` as it comes. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
