import type { ModelIdentity } from '../../core/model/observation.ts';

const placeholder = /\{(namespace|model|version)\}/g;

/** The path asked for one model: what stands for a placeholder is percent-encoded. Not to be asked where it `climbs`. */
export function fillPath(path: string, identity: ModelIdentity): string {
  return path.replace(placeholder, (_found, name: 'namespace' | 'model' | 'version') => encodeSegment(identity[name]));
}

/** A path without it answers for every version alike. */
export function namesVersion(path: string): boolean {
  return path.includes('{version}');
}

function encodeSegment(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

/** Whether a filled path climbs: what a model is called may be `..`, and many a server takes `%2E%2E`, or `..` after `%2F`, for a step up. */
export function climbs(filled: string): boolean {
  const [segments = ''] = filled.split('?');
  return segments.split(/[\\/]|%2F|%5C/i).some((segment) => /^(?:\.|%2E){1,2}$/i.test(segment));
}

/** Why a path can't be asked, for the author of the policy; null when it can. */
export function pathProblem(path: string): string | null {
  if (!path.startsWith('/')) return 'httpJSON.path must begin with /';
  if (/[{}]/.test(path.replace(placeholder, ''))) return 'httpJSON.path may hold {namespace}, {model} and {version}, and no other braces';
  if (/[^\x21-\x7e]|[#\\]/.test(path)) return 'httpJSON.path holds characters a URL does not; write them percent-encoded';
  return climbs(path) ? 'httpJSON.path must not climb with . or ..' : null;
}
