export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** A request as the API server's authorizer names it. Paths that are no resource (`/readyz`) have an empty `resource`. */
export interface KubeRequest {
  readonly verb: Verb;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string | null;
  readonly namespace: string | null;
  /** Null for collections and creates. */
  readonly name: string | null;
}

/** What a request must be; a field left out matches anything. */
export interface RequestMatch {
  readonly verbs?: readonly Verb[];
  readonly group?: string;
  readonly resource?: string;
  /** Null: the object itself, no subresource. */
  readonly subresource?: string | null;
  readonly namespace?: string;
  readonly name?: string;
}

export const writeVerbs: readonly Verb[] = ['create', 'update', 'patch', 'delete', 'deletecollection'];

export function isWrite(request: KubeRequest): boolean {
  return writeVerbs.includes(request.verb);
}

export function matches(match: RequestMatch, request: KubeRequest): boolean {
  const same = (['group', 'resource', 'subresource', 'namespace', 'name'] as const).every(
    (field) => match[field] === undefined || match[field] === request[field],
  );
  return same && (match.verbs === undefined || match.verbs.includes(request.verb));
}

/** Reads method and URL (path and query) of a request to an API server. */
export function parseKubeRequest(method: string, url: string): KubeRequest {
  const { pathname, searchParams } = new URL(url, 'http://api');
  const parts = pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const location = locate(parts);
  const watching = ['true', '1'].includes(searchParams.get('watch') ?? '');
  return { verb: verbOf(method, location.name !== null, watching), ...location };
}

type Place = Omit<KubeRequest, 'verb'>;

const nowhere: Place = { group: '', resource: '', subresource: null, namespace: null, name: null };

function locate(parts: readonly string[]): Place {
  if (parts[0] === 'api' && parts.length > 2) return inGroup('', parts.slice(2));
  if (parts[0] === 'apis' && parts.length > 3) return inGroup(parts[1] ?? '', parts.slice(3));
  return nowhere;
}

// Below a namespace these are parts of the namespace object itself, not kinds.
const namespaceSubresources = ['status', 'finalize'];

function inGroup(group: string, parts: readonly string[]): Place {
  const [first, namespace, resource, name, subresource] = parts;
  const scoped = first === 'namespaces' && namespace !== undefined && resource !== undefined && !namespaceSubresources.includes(resource);
  if (scoped) return { group, resource, namespace, name: name ?? null, subresource: subresource ?? null };
  return { group, resource: first ?? '', namespace: null, name: namespace ?? null, subresource: resource ?? null };
}

function verbOf(method: string, named: boolean, watching: boolean): Verb {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      if (watching) return 'watch';
      return named ? 'get' : 'list';
  }
}
