import type { Remediation } from './remediation.ts';

/** Why a remediation can't be ranked: what to correct. */
export interface BacklogProblem {
  readonly id: string;
  readonly message: string;
}

/** Remediations that are ways to the same end, by the id that comes first among them. */
export function alternativesOf(remediations: readonly Remediation[]): readonly (readonly Remediation[])[] {
  const groups = new Map<string, readonly Remediation[]>(remediations.map((each) => [each.id, [each]]));
  for (const { id, alternativeTo } of remediations) {
    const [own, other] = [groups.get(id), alternativeTo === null ? undefined : groups.get(alternativeTo)];
    if (own === undefined || other === undefined || own === other) continue;
    const joined = [...own, ...other].sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const each of joined) groups.set(each.id, joined);
  }
  return [...new Set(groups.values())];
}

/** What `dependsOn` and `alternativeTo` name and nobody proposes, and who waits for himself. */
export function problemsOf(remediations: readonly Remediation[], needs: ReadonlyMap<string, readonly string[]>): readonly BacklogProblem[] {
  const known = new Set(remediations.map(({ id }) => id));
  return remediations.flatMap(({ id, alternativeTo, dependsOn }) => {
    const lost = [...dependsOn, ...(alternativeTo === null ? [] : [alternativeTo])].filter((each) => !known.has(each));
    const missing = lost.map((each) => ({ id, message: `${id} names ${each}, which nobody proposes: correct the name.` }));
    const circle = closureOf(needs.get(id) ?? [], needs).has(id)
      ? [{ id, message: `${id} waits for itself by way of ${(needs.get(id) ?? []).join(', ')}: take one dependsOn out.` }]
      : [];
    return [...missing, ...circle];
  });
}

/** All that is reached from `from` by one step or more, `from` included. */
export function closureOf(from: readonly string[], needs: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set(from);
  for (const each of reached) for (const next of needs.get(each) ?? []) reached.add(next);
  return reached;
}
