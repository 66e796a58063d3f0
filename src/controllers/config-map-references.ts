import type { DeclaredIndicator, ModelRisk } from '../api/model-risk.ts';
import { readReference, type KeptReference, type PinnedReference } from '../api/signals/drift-reference.ts';
import { failure, success, type Result } from '../shared/result.ts';
import type { ReadText, ReferencePlace } from './reference-sight.ts';

interface Unread {
  readonly message: string;
  /** Nobody can be told anything yet. */
  readonly pending: boolean;
}

export interface ReadReferences<Indicator extends DeclaredIndicator> {
  /** With pinned counts in place of where they are kept, as far as they could be read. */
  readonly indicators: readonly Indicator[];
  /** By indicator. */
  readonly unread: ReadonlyMap<string, Unread>;
}

/** Whether some indicator keeps its reference in a ConfigMap, in `changed` unless it is null. */
export function readsConfigMap({ metadata, spec }: ModelRisk, changed: Pick<ReferencePlace, 'namespace' | 'name'> | null): boolean {
  if (changed !== null && changed.namespace !== metadata.namespace) return false;
  return spec.indicators.some((indicator) => {
    const kept = keptOf(indicator);
    return kept !== null && (changed === null || kept.configMap.name === changed.name);
  });
}

export function readReferences<Indicator extends DeclaredIndicator>(
  metadata: ModelRisk['metadata'],
  declared: readonly Indicator[],
  readText: ReadText,
): ReadReferences<Indicator> {
  const unread = new Map<string, Unread>();
  const indicators = declared.map((indicator): Indicator => {
    const kept = keptOf(indicator);
    if (kept === null || !('template' in indicator.signal)) return indicator;
    const read = countsOf(kept, metadata.namespace ?? '', readText);
    if (read.ok) return { ...indicator, signal: { ...indicator.signal, reference: read.value } };
    unread.set(indicator.name, read.failure);
    return indicator;
  });
  return { indicators, unread };
}

function keptOf({ signal }: DeclaredIndicator): KeptReference | null {
  return 'template' in signal && signal.reference !== undefined && 'configMap' in signal.reference ? signal.reference : null;
}

function countsOf({ configMap, digest }: KeptReference, namespace: string, readText: ReadText): Result<PinnedReference, Unread> {
  const { name, key } = configMap;
  // The API server asks for it; without it whoever may edit ConfigMaps could move the limit.
  if (digest === undefined) return failure({ pending: false, message: `the reference in ConfigMap ${name} needs signal.reference.digest` });
  const text = readText({ namespace, name, key });
  if (!text.ok) return text;
  const read = readReference(text.value, digest);
  return read.ok ? success(read.value) : failure({ pending: false, message: `key ${key} of ConfigMap ${name} ${read.failure}` });
}
