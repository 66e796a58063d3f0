import type { KubeRequest, RequestMatch } from './kube-request.ts';
import { matches } from './kube-request.ts';

/** Called when a fault happens; the crash matrix kills the operator here. The request waits for it. */
export type OnFault = () => void | Promise<void>;

export type ReplyStatus = 409 | 410 | 422 | 429 | 500 | 503 | 504;

export type Fault =
  /** Landed and acknowledged: the whole answer is handed to the client, then `then` runs. */
  | { readonly kind: 'AfterAnswer'; readonly then: OnFault; readonly onlyEffective?: boolean }
  /** Landed, acknowledgement lost: the server has answered, `then` runs, the client sees a reset. */
  | { readonly kind: 'DropAnswer'; readonly then?: OnFault; readonly onlyEffective?: boolean }
  /** Not landed: `then` runs, the client sees a reset, the server never hears of it. */
  | { readonly kind: 'DropRequest'; readonly then?: OnFault }
  /** Answered in the server's place. */
  | { readonly kind: 'Reply'; readonly status: ReplyStatus; readonly retryAfterSeconds?: number; readonly message?: string }
  | { readonly kind: 'Delay'; readonly delayMs: number }
  /** Never answered, the connection stays open. */
  | { readonly kind: 'Hang' }
  /** After that many events nothing more arrives (what comes is lost), but the connection stays open. */
  | { readonly kind: 'StallWatch'; readonly afterEvents: number }
  /** After that many events the next one arrives by half, then the connection ends. */
  | { readonly kind: 'TruncateWatch'; readonly afterEvents: number }
  /** After that many events the stream says 410 Gone and ends. */
  | { readonly kind: 'GoneInWatch'; readonly afterEvents: number }
  /** Events the function names are lost; bookmarks too, when it names them. */
  | { readonly kind: 'LoseEvents'; readonly lose: (event: WatchEvent) => boolean };

export interface WatchEvent {
  readonly type: string;
  readonly object: {
    readonly metadata?: { readonly namespace?: string; readonly name?: string; readonly resourceVersion?: string; readonly uid?: string };
  };
}

export interface FaultRule {
  readonly match: RequestMatch;
  /** Only the n-th matching request, counted from 1 since the rule was added; left out: every one. */
  readonly nth?: number;
  /** Asked of each match that is due; false lets it pass. */
  readonly when?: () => boolean;
  readonly fault: Fault;
}

export interface ActiveRule {
  /** Requests that matched so far. */
  readonly matched: number;
  /** Times the fault happened. */
  readonly fired: number;
  remove(): void;
}

/** The rules in force. The first that matches and is due decides; all that match count it. */
export interface FaultRules {
  add(rule: FaultRule): ActiveRule;
  clear(): void;
  decide(request: KubeRequest): Fault | null;
}

export function createFaultRules(): FaultRules {
  const entries = new Set<{ readonly rule: FaultRule; matched: number; fired: number }>();
  return {
    add: (rule) => {
      const entry = { rule, matched: 0, fired: 0 };
      entries.add(entry);
      return {
        get matched() {
          return entry.matched;
        },
        get fired() {
          return entry.fired;
        },
        remove: () => void entries.delete(entry),
      };
    },
    clear: () => {
      entries.clear();
    },
    decide: (request) => {
      let chosen: Fault | null = null;
      for (const entry of entries) {
        if (!matches(entry.rule.match, request)) continue;
        entry.matched++;
        if (chosen !== null || (entry.rule.nth !== undefined && entry.rule.nth !== entry.matched)) continue;
        if (entry.rule.when?.() === false) continue;
        entry.fired++;
        chosen = entry.rule.fault;
      }
      return chosen;
    },
  };
}

const reasons: Readonly<Record<ReplyStatus, string>> = {
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** The body an API server sends with that status. A 422 has no causes: that is what a failed JSON Patch `test` looks like. */
export function statusBody(code: ReplyStatus, message = 'injected by the fault proxy'): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: reasons[code], message, details: {}, code };
}
