import type { JSONValue } from '../shared/json.ts';

/** One field the server refused, as it named it. */
interface FieldCause {
  readonly field: string;
  readonly message: string;
}

/**
 * Whether a write reached the server's storage: `No` when it can't have (refused before sending, or rejected),
 * `Unknown` when the answer was lost: read live before doing it again.
 */
export type Landed = 'No' | 'Unknown';

/** `TestFailed`: a `test` of a JSON Patch did not hold (or a path does not exist: the server says the same). */
type ConflictCause = 'AlreadyExists' | 'ResourceVersion' | 'TestFailed';

/** Why the API server did not do what was asked, by how the caller must treat it. `status` is null when there was no answer. */
export type APIFailure =
  /** What was read is no longer so: read live and compute again. */
  | { readonly kind: 'Conflict'; readonly cause: ConflictCause; readonly status: number; readonly message: string }
  /** The object or request is wrong: sending it again can't help. */
  | { readonly kind: 'Invalid'; readonly causes: readonly FieldCause[]; readonly status: number; readonly message: string }
  /** Credentials, RBAC or an admission policy say no. */
  | {
      readonly kind: 'Denied';
      readonly status: number;
      readonly message: string;
      /** The namespace is being deleted: nothing will be created in it any more. */
      readonly namespaceTerminates?: true;
    }
  | { readonly kind: 'NotFound'; readonly status: number; readonly message: string }
  /** The resourceVersion or continue token is too old: list again. */
  | { readonly kind: 'Gone'; readonly status: number; readonly message: string }
  /** `retryAfterMs` is null when the server named no time, and at most a minute whatever it named. */
  | {
      readonly kind: 'Throttled';
      readonly retryAfterMs: number | null;
      readonly landed: Landed;
      readonly status: number;
      readonly message: string;
    }
  | { readonly kind: 'Unavailable'; readonly landed: Landed; readonly status: number | null; readonly message: string };

/** `Fenced`: not sent, because the lease would not outlive the request. */
export type WriteFailure = APIFailure | { readonly kind: 'Fenced'; readonly message: string };

/** An answer that is not 2xx. */
export interface Refusal {
  readonly status: number;
  /** Parsed body, a `Status` where the API server itself answered; anything else (a proxy's page) counts as no detail. */
  readonly body: JSONValue;
  /** The Retry-After header, if any. */
  readonly retryAfter: string | null;
  readonly isPatch: boolean;
}

/** Sorts an answer by treatment. Unknown 4xx are Invalid, unknown 5xx Unavailable. Pure. */
export function classify(refusal: Refusal): APIFailure {
  const { status } = refusal;
  const message = stringAt(refusal.body, 'message') ?? `HTTP ${status}`;
  switch (status) {
    case 401:
    case 403:
      return { kind: 'Denied', status, message, ...(isTerminating(refusal.body) ? { namespaceTerminates: true } : {}) };
    case 404:
      return { kind: 'NotFound', status, message };
    case 409:
      return {
        kind: 'Conflict',
        cause: stringAt(refusal.body, 'reason') === 'AlreadyExists' ? 'AlreadyExists' : 'ResourceVersion',
        status,
        message,
      };
    case 410:
      return { kind: 'Gone', status, message };
    case 422:
      return unprocessable(refusal, message);
    case 429:
      return { kind: 'Throttled', retryAfterMs: retryAfterMs(refusal), landed: 'No', status, message };
    case 503:
      // A load balancer says 503 too when the server behind it broke off after storing the write.
      return { kind: 'Throttled', retryAfterMs: retryAfterMs(refusal), landed: 'Unknown', status, message };
    default:
      if (status === 408 || status >= 500) return { kind: 'Unavailable', landed: 'Unknown', status, message };
      return { kind: 'Invalid', causes: [], status, message };
  }
}

/** The server words a failed `test` and a malformed object alike; only the latter has causes (seen on 1.36). */
function unprocessable(refusal: Refusal, message: string): APIFailure {
  const causes = causesOf(refusal.body);
  if (refusal.isPatch && causes.length === 0) return { kind: 'Conflict', cause: 'TestFailed', status: refusal.status, message };
  return { kind: 'Invalid', causes, status: refusal.status, message };
}

function causesOf(body: JSONValue): readonly FieldCause[] {
  const causes = at(at(body, 'details'), 'causes');
  if (!Array.isArray(causes)) return [];
  return (causes as readonly JSONValue[]).map((cause) => ({
    field: stringAt(cause, 'field') ?? '',
    message: stringAt(cause, 'message') ?? '',
  }));
}

function isTerminating(body: JSONValue): boolean {
  const causes = at(at(body, 'details'), 'causes');
  return Array.isArray(causes) && (causes as readonly JSONValue[]).some((cause) => stringAt(cause, 'reason') === 'NamespaceTerminating');
}

/** A maintenance page of a load balancer asks for an hour: a cache or a constraint that waited so long would protect nobody. */
const longestPatienceMs = 60_000;

function retryAfterMs(refusal: Refusal): number | null {
  const seconds = refusal.retryAfter === null ? at(at(refusal.body, 'details'), 'retryAfterSeconds') : Number(refusal.retryAfter);
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1000, longestPatienceMs) : null;
}

function stringAt(value: JSONValue, key: string): string | null {
  const member = at(value, key);
  return typeof member === 'string' ? member : null;
}

function at(value: JSONValue, key: string): JSONValue {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  return (value as { readonly [key: string]: JSONValue })[key] ?? null;
}
