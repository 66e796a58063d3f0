/** Label by which people say that a workload serves a model; its value may name the ModelRisk or the model. */
export const modelLabel = 'modelrisk.dev/model';

/** An object that looks as if it served a model. */
export interface ModelWorkload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Value of the label; null: it has none. */
  readonly label: string | null;
}

/** What a ModelRisk and its plans name. */
export interface RegisteredModel {
  readonly namespace: string;
  /** Of the ModelRisk, and of the model. */
  readonly names: readonly string[];
  /** Objects by kind and name: workloads it runs on, targets of its plans. */
  readonly objects: readonly { readonly kind: string; readonly name: string }[];
}

/**
 * Those no ModelRisk of their namespace speaks for: by name, by the value of their label, or as an object it or one of its plans names.
 * Whether the ModelRisk says enough is another question.
 */
export function unregistered(workloads: readonly ModelWorkload[], models: readonly RegisteredModel[]): readonly ModelWorkload[] {
  const known = new Set(models.flatMap(({ namespace, names }) => names.map((name) => `${namespace}/${name}`)));
  const named = new Set(models.flatMap(({ namespace, objects }) => objects.map(({ kind, name }) => `${namespace}/${kind}/${name}`)));
  return workloads.filter(({ kind, namespace, name, label }) => {
    const isKnown = [name, label].some((each) => each !== null && known.has(`${namespace}/${each}`));
    return !isKnown && !named.has(`${namespace}/${kind}/${name}`);
  });
}
