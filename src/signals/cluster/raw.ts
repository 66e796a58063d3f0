import type { EpochMs } from '../../shared/clock.ts';

/** Readers of objects other programs wrote: total, so that nothing they hold makes a reading fail in another way than by its absence. */

export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), value);
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const list = at(value, ...path);
  return Array.isArray(list) ? list : [];
}

/** Empty when there is no text. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const text = at(value, ...path);
  return typeof text === 'string' ? text : '';
}

export function numberAt(value: unknown, ...path: readonly string[]): number | null {
  const number = at(value, ...path);
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export function booleanAt(value: unknown, ...path: readonly string[]): boolean | null {
  const flag = at(value, ...path);
  return typeof flag === 'boolean' ? flag : null;
}

export function instantAt(value: unknown, ...path: readonly string[]): EpochMs | null {
  const ms = Date.parse(textAt(value, ...path));
  return Number.isNaN(ms) ? null : ms;
}

export function labelsAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, string>> {
  const labels = at(value, ...path);
  if (!isRecord(labels)) return {};
  return Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

export function keysAt(value: unknown, ...path: readonly string[]): readonly string[] {
  const record = at(value, ...path);
  return isRecord(record) ? Object.keys(record) : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
