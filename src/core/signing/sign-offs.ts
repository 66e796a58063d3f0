import type { EpochMs } from '../../shared/clock.ts';

/** One signature that counted when it was made. */
export interface SignOff {
  readonly role: string;
  readonly author: string;
  readonly decision: string;
  readonly digest: string;
  readonly atMs: EpochMs;
  /** Null: never. */
  readonly endsMs: EpochMs | null;
  /** What was signed is what the model is now. */
  readonly isCurrent: boolean;
}

/** What there is of one role the tier asks for. */
export type RoleStanding =
  | { readonly kind: 'Signed'; readonly role: string; readonly signOff: SignOff }
  | { readonly kind: 'Never'; readonly role: string }
  | { readonly kind: 'Expired' | 'Stale'; readonly role: string; readonly signOff: SignOff }
  /** Its author answers for another role already. */
  | { readonly kind: 'SamePerson'; readonly role: string; readonly signOff: SignOff };

/** The last one of each role, in the order of roles: who signs again takes back what was signed before. */
export function latestByRole(signOffs: readonly SignOff[]): readonly SignOff[] {
  const latest = new Map<string, SignOff>();
  for (const each of signOffs.toSorted(byTime)) latest.set(each.role, each);
  return [...latest.values()].toSorted((a, b) => (a.role < b.role ? -1 : 1));
}

function byTime(a: SignOff, b: SignOff): number {
  return a.atMs - b.atMs || (a.decision < b.decision ? -1 : 1);
}

/** Where each role stands that has to sign. A person counts once, in the role that was signed in first. */
export function standings(signOffs: readonly SignOff[], roles: readonly string[], nowMs: EpochMs): readonly RoleStanding[] {
  const latest = latestByRole(signOffs);
  const inForce = latest.filter((each) => roles.includes(each.role) && each.isCurrent && !isOver(each, nowMs)).toSorted(byTime);
  const counted = new Set(inForce.filter((each, index) => inForce.findIndex(({ author }) => author === each.author) === index));
  return roles.map((role): RoleStanding => {
    const signOff = latest.find((each) => each.role === role);
    if (signOff === undefined) return { kind: 'Never', role };
    if (isOver(signOff, nowMs)) return { kind: 'Expired', role, signOff };
    if (!signOff.isCurrent) return { kind: 'Stale', role, signOff };
    return { kind: counted.has(signOff) ? 'Signed' : 'SamePerson', role, signOff };
  });
}

function isOver({ endsMs }: SignOff, nowMs: EpochMs): boolean {
  return endsMs !== null && endsMs <= nowMs;
}

/** When the first of them ends; null: none does. */
export function firstEndMs(ends: readonly (EpochMs | null)[]): EpochMs | null {
  const written = ends.filter((end) => end !== null);
  return written.length === 0 ? null : Math.min(...written);
}
