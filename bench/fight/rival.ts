import type { Clock } from '../../src/shared/clock.ts';
import { APIError } from '../../testbed/api-client.ts';
import type { APIClient, KubeObject, Resource } from '../../testbed/api-client.ts';

/** How the loop writes: as `kubectl apply --server-side` does, the same with `--force-conflicts` (as Argo CD and Flux), or as `kubectl apply`. */
export const writers = ['server-side', 'forced', 'client-side'] as const;
export type Writer = (typeof writers)[number];

export interface Rival {
  /** Applied so far, and how often the API server refused that. */
  readonly counts: { readonly applied: number; readonly refused: number };
  stop(): Promise<void>;
}

export interface RivalOptions {
  readonly client: APIClient;
  readonly resource: Resource;
  readonly manifest: KubeObject;
  readonly writer: Writer;
  readonly everyMs: number;
  readonly clock: Clock;
}

/** Applies one manifest again and again, whatever comes of it. */
export function startRival(options: RivalOptions): Rival {
  const { clock, everyMs } = options;
  const counts = { applied: 0, refused: 0 };
  const state = { isOver: false };
  const loop = (async () => {
    const startMs = clock.nowMs();
    for (let round = 1; !state.isOver; round++) {
      try {
        await apply(options);
        counts.applied += 1;
      } catch (error) {
        if (!(error instanceof APIError)) throw error;
        counts.refused += 1;
      }
      await new Promise<void>((wake) => clock.after(Math.max(0, startMs + round * everyMs - clock.nowMs()), wake));
    }
  })();
  return {
    counts,
    stop: async () => {
      state.isOver = true;
      await loop;
    },
  };
}

async function apply({ client, resource, manifest, writer }: RivalOptions): Promise<void> {
  if (writer !== 'client-side') {
    await client.apply(resource, manifest, { fieldManager: 'git-loop', force: writer === 'forced' });
    return;
  }
  const { namespace = '', name = '' } = manifest.metadata;
  const { rules } = manifest['spec'] as { readonly rules: readonly { readonly [field: string]: string }[] };
  await client.merge(resource, { namespace, name }, { spec: { rules } });
}
