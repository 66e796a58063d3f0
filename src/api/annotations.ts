import type { Metadata } from './kind.ts';

/** Written by the admission policies, so that a plan's authors can't be forged. */
const contributorsAnnotation = 'modelrisk.dev/contributors';

/**
 * Everybody who ever wrote the spec of a plan. Null when nobody recorded it (the policies are not installed):
 * then no approver can be told from an author.
 */
export function contributorsOf(metadata: Pick<Metadata, 'annotations'>): readonly string[] | null {
  const names = (metadata.annotations?.[contributorsAnnotation] ?? '').split(',').filter((name) => name !== '');
  return names.length === 0 ? null : names;
}
