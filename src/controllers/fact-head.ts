import { factHeadName, toFactEnd } from '../api/risk-chain-head.ts';
import type { FactEnd } from '../core/fact-chain.ts';
import type { WriteFailure } from '../kube/api-failure.ts';
import { fencedClient } from '../kube/fenced-client.ts';
import type { Fence } from '../kube/fenced-client.ts';
import type { NewObject, UntypedObject } from '../kube/kube-object.ts';
import type { Transport } from '../kube/transport.ts';
import { failure, success } from '../shared/result.ts';
import type { Result } from '../shared/result.ts';
import { clientOf } from './rare-kinds.ts';

/** Foreign: it says another fact than we know of, or is another object. Else the message says why it could not be read or written. */
export type FactHeadFailure = { readonly kind: 'Foreign' } | { readonly kind: 'Failed'; readonly message: string };

/** What the cluster keeps of the facts for the audit sink: how far it has come. */
export interface FactHead {
  /** Makes it where there is none: a run that begins a chain must be known by it before the sink is told anything. */
  read(): Promise<Result<FactEnd, FactHeadFailure>>;
  /** By compare-and-swap: only where it still says `known`. */
  write(known: FactEnd, end: FactEnd): Promise<Result<FactEnd, FactHeadFailure>>;
}

export interface FactHeadOptions {
  readonly transport: Transport;
  readonly fence: Fence;
  readonly requestTimeoutMs: number;
  /** That of the operator. */
  readonly namespace: string;
}

const isSame = (a: FactEnd, b: FactEnd): boolean => a.chain === b.chain && a.run === b.run && a.seq === b.seq && a.hash === b.hash;

function failed({ message }: Pick<WriteFailure, 'message'>): Result<never, FactHeadFailure> {
  return failure({ kind: 'Failed', message });
}

export function createFactHead({ transport, fence, requestTimeoutMs, namespace }: FactHeadOptions): FactHead {
  const heads = fencedClient(clientOf(transport, 'RiskChainHead'), fence, requestTimeoutMs);
  const reference = { namespace, name: factHeadName };
  const empty: NewObject<UntypedObject> = {
    ...{ apiVersion: 'modelrisk.dev/v1alpha1', kind: 'RiskChainHead', metadata: reference },
    spec: { tails: [] },
  };

  const endOf = (object: UntypedObject): Result<FactEnd, FactHeadFailure> => {
    const end = toFactEnd(object);
    return end.ok ? end : failed({ message: `RiskChainHead ${factHeadName} of namespace ${namespace} can't be read: ${end.failure}` });
  };

  return {
    read: async () => {
      const found = await heads.get(reference);
      if (found.ok) return endOf(found.value);
      if (found.failure.kind !== 'NotFound') return failed(found.failure);
      const made = await heads.create(empty);
      return made.ok ? endOf(made.value) : failed(made.failure);
    },
    write: async (known, end) => {
      const found = await heads.get(reference);
      if (!found.ok) return found.failure.kind === 'NotFound' ? failure({ kind: 'Foreign' }) : failed(found.failure);
      const stands = endOf(found.value);
      if (!stands.ok) return stands;
      // An answer that was lost: it is written.
      if (isSame(stands.value, end)) return success(stands.value);
      if (!isSame(stands.value, known)) return failure({ kind: 'Foreign' });
      const { run, seq, hash, at } = end;
      const { resourceVersion } = found.value.metadata;
      const changed = { ...empty, metadata: { ...reference, resourceVersion }, spec: { tails: [], facts: { run, seq, hash, at } } };
      const written = await heads.replace(changed as unknown as UntypedObject);
      return written.ok ? endOf(written.value) : failed(written.failure);
    },
  };
}
