interface RawIncident {
  readonly spec?: { readonly drill?: object };
  readonly status?: { readonly closedAt?: string; readonly entries?: readonly { readonly type: string }[] };
}

/** A long record goes on in another object, which stands in the place of this one. */
export function isContinued(object: unknown): boolean {
  return (object as RawIncident).status?.entries?.at(-1)?.type === 'Continued';
}

/**
 * Whether something happened that is not over; a drill is none. A long record goes on in another object, which is open in the place of
 * this one, and so does one of which nothing could be written here. Read without its schema: all there are, again and again.
 */
export function isOpenIncident(object: unknown): boolean {
  const { spec, status } = object as RawIncident;
  const last = status?.entries?.at(-1)?.type;
  return spec?.drill === undefined && status?.closedAt === undefined && last !== undefined && last !== 'Continued';
}
