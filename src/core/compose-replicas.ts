import type { Constraint } from './model/constraint.ts';

/**
 * Replicas under the floors of all plans: the highest counts, in whatever order they come, and users keep what they want beyond it.
 * `intent` null: users wrote none, and the server's default is 1.
 */
export function composeReplicas(intent: number | null, constraints: readonly Constraint[]): number | null {
  const floors = constraints.flatMap((constraint) => (constraint.kind === 'Replicas' ? [constraint.minReplicas] : []));
  if (floors.length === 0) return intent;
  const floor = Math.max(...floors);
  return (intent ?? 1) >= floor ? intent : floor;
}
