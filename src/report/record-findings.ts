/** One thing that can't be so if nobody touched the record; without an incident: of the chain as a whole. */
export interface RecordFinding {
  readonly incident: string;
  readonly message: string;
}

/** Of each namespace that was recomputed what was found, by name of the namespace. */
export type FoundIn = ReadonlyMap<string, readonly RecordFinding[]>;

/** By `namespace/incident`: what a pack asks; null where nobody recomputed it. */
export function findingsBy(found: FoundIn): (incident: string) => readonly string[] | null {
  return (incident) => {
    const [namespace = '', name = ''] = incident.split('/');
    // A finding without an incident is one of the chain as a whole, and so of all that are in it.
    const own = found.get(namespace)?.filter((each) => each.incident === name || each.incident === '');
    return own?.map(({ message }) => message) ?? null;
  };
}
