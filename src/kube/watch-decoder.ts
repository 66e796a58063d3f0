import type { JSONValue } from '../shared/json.ts';
import type { KubeObject } from './kube-object.ts';
import { isObject } from './resource-client.ts';

/** One line of a watch stream. Everything that is not an event we can use is `Unreadable`. */
export type WatchLine<T extends KubeObject> =
  | { readonly kind: 'Put'; readonly object: T }
  | { readonly kind: 'Removed'; readonly object: T }
  | { readonly kind: 'Bookmark'; readonly resourceVersion: string }
  /** A `Status` inside the stream; 410 says that our resourceVersion is too old. */
  | { readonly kind: 'Error'; readonly status: number; readonly message: string }
  | { readonly kind: 'Unreadable'; readonly message: string };

export type UsableLine<T extends KubeObject> = Exclude<WatchLine<T>, { readonly kind: 'Error' | 'Unreadable' }>;

export interface LineSplitter {
  /** Complete lines that end in this chunk. */
  push(chunk: Uint8Array): readonly string[];
  /** Bytes of a line whose end has not come. */
  pending(): number;
}

const lineFeed = 0x0a;

/** Splits on the byte 0x0A, so that characters cut by a chunk's end stay whole: UTF-8 never has that byte inside one. */
export function createLineSplitter(): LineSplitter {
  let tail: Uint8Array[] = [];
  return {
    push(chunk) {
      const lines: string[] = [];
      let from = 0;
      for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
        tail.push(chunk.subarray(from, end));
        lines.push(Buffer.concat(tail).toString('utf8'));
        tail = [];
        from = end + 1;
      }
      if (from < chunk.length) tail.push(chunk.subarray(from));
      return lines.filter((line) => line !== '');
    },
    pending: () => tail.reduce((bytes, part) => bytes + part.length, 0),
  };
}

/** Never throws. */
export function decodeLine<T extends KubeObject>(line: string): WatchLine<T> {
  const event = parse(line);
  if (event === null) return { kind: 'Unreadable', message: `not a watch event: ${line.slice(0, 80)}` };
  const { type, object } = event;
  if (type === 'ERROR') return errorOf(object);
  if (type === 'BOOKMARK') return bookmarkOf(object);
  if (!isObject(object)) return { kind: 'Unreadable', message: `watch event ${type} without an object` };
  if (type === 'DELETED') return { kind: 'Removed', object: object as T };
  if (type === 'ADDED' || type === 'MODIFIED') return { kind: 'Put', object: object as T };
  return { kind: 'Unreadable', message: `unknown watch event ${type}` };
}

/** What a cache holds of an object: without what no reader needs, and where there is a `trim`, what that makes of it. */
export function kept<T extends KubeObject>(
  object: T,
  { keepManagedFields, trim }: { readonly keepManagedFields: boolean; readonly trim?: (object: KubeObject) => T },
): T {
  const stripped = strip(object, keepManagedFields);
  return trim === undefined ? stripped : trim(stripped);
}

/** Drops what no reader of a cache needs: half of an object's bytes, and of the time to handle them. */
export function strip<T extends KubeObject>(object: T, keepManagedFields: boolean): T {
  const { managedFields, annotations, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(keepManagedFields && managedFields !== undefined ? { managedFields } : {}),
      ...(annotations === undefined ? {} : { annotations: keepManagedFields ? annotations : withoutLastApplied(annotations) }),
    },
  };
}

function withoutLastApplied(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { 'kubectl.kubernetes.io/last-applied-configuration': _lastApplied, ...rest } = annotations;
  return rest;
}

interface RawEvent {
  readonly type: string;
  readonly object: Readonly<Record<string, JSONValue>>;
}

function parse(line: string): RawEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('type' in value) || !('object' in value)) return null;
  const { type, object } = value;
  if (typeof type !== 'string' || typeof object !== 'object' || object === null) return null;
  return { type, object: object as Readonly<Record<string, JSONValue>> };
}

function errorOf(status: RawEvent['object']): WatchLine<never> {
  const { code, message } = status;
  return {
    kind: 'Error',
    status: typeof code === 'number' ? code : 500,
    message: typeof message === 'string' ? message : 'watch error without a message',
  };
}

function bookmarkOf(object: RawEvent['object']): WatchLine<never> {
  const metadata = object['metadata'];
  const resourceVersion =
    metadata !== null && typeof metadata === 'object' && 'resourceVersion' in metadata ? metadata.resourceVersion : null;
  if (typeof resourceVersion !== 'string') return { kind: 'Unreadable', message: 'bookmark without a resourceVersion' };
  return { kind: 'Bookmark', resourceVersion };
}
