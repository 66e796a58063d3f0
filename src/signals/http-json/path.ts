import type { ModelIdentity } from '../../core/model/observation.ts';

const placeholder = /\{(namespace|model|version)\}/g;

/** The path asked for one model: what stands for a placeholder is percent-encoded, so that no name can leave its segment. */
export function fillPath(path: string, identity: ModelIdentity): string {
  return path.replace(placeholder, (_found, name: 'namespace' | 'model' | 'version') => encodeSegment(identity[name]));
}

/** A path without it answers for every version alike. */
export function namesVersion(path: string): boolean {
  return path.includes('{version}');
}

/** Dots stay as they are everywhere but where they alone would climb: `..` is a valid version. */
function encodeSegment(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/^\.{1,2}$/, (dots) => dots.replaceAll('.', '%2E'));
}

/** Why a path can't be asked, for the author of the policy; null when it can. */
export function pathProblem(path: string): string | null {
  if (!path.startsWith('/')) return 'httpJSON.path must begin with /';
  if (/[{}]/.test(path.replace(placeholder, ''))) return 'httpJSON.path may hold {namespace}, {model} and {version}, and no other braces';
  if (/[^\x21-\x7e]|[#\\]/.test(path)) return 'httpJSON.path holds characters a URL does not; write them percent-encoded';
  const [segments = ''] = path.split('?');
  return segments.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment)) ? 'httpJSON.path must not climb with . or ..' : null;
}
