import type { KubeRequest } from './kube-request.ts';
import { isWrite } from './kube-request.ts';

interface Versioned {
  readonly metadata?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly items?: readonly Versioned[];
}

/**
 * Tells writes that changed an object from those that changed nothing: the server answers a write without effect with the
 * resourceVersion the object already had. Crash points are counted over effective writes only.
 */
export interface EffectiveWrites {
  /** Takes in what the server said of an object or a list. */
  observe(body: unknown): void;
  /** Judges an answered write, then takes it in. */
  judge(request: KubeRequest, status: number, body: unknown): boolean;
}

export function createEffectiveWrites(): EffectiveWrites {
  const versions = new Map<string, string>();
  const observe = (body: unknown): void => {
    if (typeof body !== 'object' || body === null) return;
    const { metadata, items } = body as Versioned;
    if (metadata?.uid !== undefined && metadata.resourceVersion !== undefined) versions.set(metadata.uid, metadata.resourceVersion);
    items?.forEach(observe);
  };
  return {
    observe,
    judge: (request, status, body) => {
      if (!isWrite(request) || status >= 300) return false;
      const { metadata } = (typeof body === 'object' && body !== null ? body : {}) as Versioned;
      if (request.verb === 'delete' || request.verb === 'deletecollection') return true;
      // Reviews and token requests store nothing, and their answers carry no uid.
      if (metadata?.uid === undefined) return false;
      const known = versions.get(metadata.uid);
      observe(body);
      return known !== metadata.resourceVersion;
    },
  };
}
