import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';

interface Application {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>>; readonly [key: string]: unknown };
  readonly spec: {
    readonly destination: object;
    readonly ignoreDifferences?: readonly object[];
    readonly syncPolicy: { readonly syncOptions: readonly string[]; readonly [key: string]: unknown };
    readonly [key: string]: unknown;
  };
}

export interface ApplicationChanges {
  readonly namespace: string;
  /** In place of those of the example. */
  readonly syncOptions?: readonly string[];
  /** In place of those of the example. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Which example it is; default that of mode B. */
  readonly example?: 'models' | 'generated-route';
  /** Null: none. Default: the example's. */
  readonly ignoreDifferences?: null;
  /** Beside those of the example. */
  readonly alsoIgnored?: readonly object[];
}

/** A shipped example, synced to a namespace of the test's. */
export async function exampleApplication({ namespace, syncOptions, annotations, ...rest }: ApplicationChanges): Promise<string> {
  const example = parse(await readFile(`config/argocd/examples/${rest.example ?? 'models'}.yaml`, 'utf8')) as Application;
  const { ignoreDifferences, syncPolicy, ...spec } = example.spec;
  const ignored = [...(rest.ignoreDifferences === null ? [] : (ignoreDifferences ?? [])), ...(rest.alsoIgnored ?? [])];
  return stringify({
    ...example,
    metadata: { ...example.metadata, ...(annotations === undefined ? {} : { annotations }) },
    spec: {
      ...spec,
      destination: { ...spec.destination, namespace },
      ...(ignored.length === 0 ? {} : { ignoreDifferences: ignored }),
      syncPolicy: { ...syncPolicy, syncOptions: syncOptions ?? syncPolicy.syncOptions },
    },
  });
}
