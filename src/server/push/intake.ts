import type { Inbox } from '../../signals/inbox/inbox.ts';
import type { Kept } from '../../signals/inbox/kept.ts';
import type { InboxUses } from '../../signals/inbox/uses.ts';
import type { SignalRequest } from '../../signals/port.ts';
import type { Result } from '../../shared/result.ts';
import { failure, success } from '../../shared/result.ts';
import type { Authentication, Pusher } from './authentication.ts';
import type { ItemResult, Reply } from './reply.ts';

/** Where what is pushed goes. */
export interface IntakeOptions {
  readonly inbox: Inbox;
  readonly uses: InboxUses;
  readonly authentication: Pick<Authentication, 'mayPush'>;
  /** Something was kept: whoever is judged by it is to be judged now. */
  readonly onKept: (namespace: string, isConcerned: (request: SignalRequest) => boolean) => void;
}

/** Takes one kind of body in, whoever it is from. */
export interface Intake {
  readonly maxBodyBytes: number;
  /** Failure: the whole request, with what to answer. */
  take(body: unknown, pusher: Pusher): Promise<Result<readonly ItemResult[], Reply>>;
}

/** Which of the namespaces the pusher may push for. */
export async function allowedAmong(
  namespaces: ReadonlySet<string>,
  pusher: Pusher,
  authentication: Pick<Authentication, 'mayPush'>,
): Promise<Result<ReadonlySet<string>, Reply>> {
  const asked = await Promise.all(
    [...namespaces].map(async (namespace) => ({ namespace, may: await authentication.mayPush(pusher, namespace) })),
  );
  const allowed = new Set<string>();
  for (const { namespace, may } of asked) {
    if (!may.ok) return failure(may.failure);
    if (may.value) allowed.add(namespace);
  }
  return success(allowed);
}

export function resultOf(kept: Kept): ItemResult {
  switch (kept.kind) {
    case 'Kept':
      return { status: 200, result: 'Kept', message: 'kept' };
    case 'Older':
      return { status: 409, result: 'Older', message: kept.message };
    case 'Future':
      return { status: 422, result: 'Future', message: kept.message };
    case 'NamespaceFull':
      return { status: 429, result: 'Full', message: kept.message };
    case 'Full':
      return { status: 507, result: 'Full', message: kept.message };
  }
}
