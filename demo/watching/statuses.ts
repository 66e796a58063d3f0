import type { KubeObject } from '../../testbed/api-client.ts';

/** The parts of our kinds' status the demo reads, as any client would: no code of the operator is involved. */
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface IndicatorReading {
  readonly name: string;
  readonly state: string;
  readonly since: string;
  readonly verdict?: string;
  readonly value?: number;
  readonly sampleCount?: number;
}

export interface RecordedEntry {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly target: string;
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

interface Status {
  readonly conditions?: readonly Condition[];
  readonly indicators?: readonly IndicatorReading[];
  readonly entries?: readonly RecordedEntry[];
  readonly closedAt?: string;
}

function statusOf(object: KubeObject | null): Status {
  const status: Status = object?.['status'] ?? {};
  return status;
}

export function conditionOf(object: KubeObject | null, type: string): Condition | null {
  return statusOf(object).conditions?.find((condition) => condition.type === type) ?? null;
}

export function isTrue(object: KubeObject | null, type: string): boolean {
  return conditionOf(object, type)?.status === 'True';
}

export function indicatorsOf(risk: KubeObject | null): readonly IndicatorReading[] {
  return statusOf(risk).indicators ?? [];
}

export function isClosed(incident: KubeObject | null): boolean {
  return statusOf(incident).closedAt !== undefined;
}

export function entriesOf(incident: KubeObject | null): readonly RecordedEntry[] {
  return statusOf(incident).entries ?? [];
}

/** When the engagement behind an incident began; NaN for what is no incident. */
export function openedAtMs(incident: KubeObject | null): number {
  const { openedAt = '' } = (incident?.['spec'] ?? {}) as { readonly openedAt?: string };
  return Date.parse(openedAt);
}

/** Whether an engagement moved anything, or only had it written down. */
export function hasEngaged(incident: KubeObject | null): boolean {
  return entriesOf(incident).some(({ type }) => type === 'Engaged' || type === 'Applied');
}

/** Variant everybody gets who is not targeted; null when there is no such flag. */
export function defaultVariantOf(flag: KubeObject | null, key: string): string | null {
  const spec = (flag?.['spec'] ?? {}) as {
    readonly flagSpec?: { readonly flags?: Readonly<Record<string, { readonly defaultVariant?: string }>> };
  };
  return spec.flagSpec?.flags?.[key]?.defaultVariant ?? null;
}
