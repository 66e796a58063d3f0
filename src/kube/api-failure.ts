/** One field the server refused, as it named it. */
export interface FieldCause {
  readonly field: string;
  readonly message: string;
}

/**
 * Whether a write reached the server's storage: `No` when it can't have (refused before sending, or rejected),
 * `Unknown` when the answer was lost: read live before doing it again.
 */
export type Landed = 'No' | 'Unknown';

/** Why the API server did not do what was asked, by how the caller must treat it. `status` is null when there was no answer. */
export type APIFailure =
  /** What was read is no longer so: read live and compute again. */
  | { readonly kind: 'Conflict'; readonly cause: ConflictCause; readonly status: number; readonly message: string }
  /** The object or request is wrong: sending it again can't help. */
  | { readonly kind: 'Invalid'; readonly causes: readonly FieldCause[]; readonly status: number; readonly message: string }
  /** Credentials, RBAC or an admission policy say no. */
  | { readonly kind: 'Denied'; readonly status: number; readonly message: string }
  | { readonly kind: 'NotFound'; readonly status: number; readonly message: string }
  /** The resourceVersion or continue token is too old: list again. */
  | { readonly kind: 'Gone'; readonly status: number; readonly message: string }
  /** `retryAfterMs` is null when the server named no time. */
  | {
      readonly kind: 'Throttled';
      readonly retryAfterMs: number | null;
      readonly landed: Landed;
      readonly status: number;
      readonly message: string;
    }
  | { readonly kind: 'Unavailable'; readonly landed: Landed; readonly status: number | null; readonly message: string };

/** `TestFailed`: a `test` of a JSON Patch did not hold (or its path does not exist: the server says the same). */
export type ConflictCause = 'AlreadyExists' | 'ResourceVersion' | 'TestFailed';

/** `Fenced`: not sent, because the lease would not outlive the request. */
export type WriteFailure = APIFailure | { readonly kind: 'Fenced'; readonly message: string };
