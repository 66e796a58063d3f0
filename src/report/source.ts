interface Named {
  readonly metadata?: { readonly namespace?: string; readonly name?: string };
}

/** `namespace/name`; the name alone of what is in no namespace. */
export function nameOf(object: object): string {
  const { namespace, name = '' } = (object as Named).metadata ?? {};
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** `ModelRisk lending/credit` */
export function oneOf(kind: string, object: object): string {
  return `${kind} ${nameOf(object)}`;
}

/** `ModelRisk lending/credit .status.tier.inherent`: where to look a number up. */
export function fieldOf(kind: string, object: object, ...paths: readonly string[]): string {
  return `${oneOf(kind, object)} ${paths.join(', ')}`;
}

/** `ModelRisks of namespace lending, n=12: .status.tier.inherent`: what was counted, and by what. */
export function fieldOfAll(
  kinds: string,
  { where, n }: { readonly where: string; readonly n: number },
  ...paths: readonly string[]
): string {
  return `${kinds} of ${where}, n=${String(n)}: ${paths.join(', ')}`;
}
