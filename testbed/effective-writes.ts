import type { KubeRequest } from './kube-request.ts';
import { isWrite } from './kube-request.ts';

interface Versioned {
  readonly metadata?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly items?: readonly Versioned[];
}

/** Judges one answered write, then takes in what the server said. */
export type JudgeWrite = (request: KubeRequest, status: number, body: unknown) => boolean;

/**
 * Tells writes that changed an object from those that changed nothing: the server answers a write without effect with the
 * resourceVersion the object already had. Crash points are counted over effective writes only.
 */
export interface EffectiveWrites {
  /** Takes in what the server said of an object or a list. */
  observe(body: unknown): void;
  /**
   * Call it when the write is sent: what is known then is what the answer is compared with. A watch may show the change
   * before the answer comes, so what is known at the answer would make a change look like none.
   */
  begin(): JudgeWrite;
}

function versionIn({ metadata }: Versioned): number {
  const version = Number(metadata?.resourceVersion ?? 0);
  return Number.isFinite(version) ? version : 0;
}

export function createEffectiveWrites(): EffectiveWrites {
  // etcd counts revisions over all objects, so a change is younger than everything that was seen before it was sent.
  const seen = { newest: 0 };
  const observe = (body: unknown): void => {
    if (typeof body !== 'object' || body === null) return;
    const object = body as Versioned;
    seen.newest = Math.max(seen.newest, versionIn(object));
    object.items?.forEach(observe);
  };
  return {
    observe,
    begin: () => {
      const newestBefore = seen.newest;
      return (request, status, body) => {
        if (!isWrite(request) || status >= 300) return false;
        if (request.verb === 'delete' || request.verb === 'deletecollection') return true;
        const object = (typeof body === 'object' && body !== null ? body : {}) as Versioned;
        observe(body);
        // Reviews and token requests store nothing, and their answers carry no uid.
        return object.metadata?.uid !== undefined && versionIn(object) > newestBefore;
      };
    },
  };
}
