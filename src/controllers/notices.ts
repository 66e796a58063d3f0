import type { Cluster } from './cluster.ts';
import { createNotifier } from './notifier.ts';
import type { NotifierOptions } from './notifier.ts';
import { createNotifyBook } from './notify-book.ts';
import type { Programme } from './programme.ts';
import type { QueueDefinition } from './queues.ts';

/** How notices leave the process. */
export type NoticeWays = Pick<NotifierOptions, 'sender' | 'readSecret'>;

export interface NoticesOptions extends Omit<NotifierOptions, 'book' | 'incidents' | 'sender' | 'readSecret'> {
  readonly cluster: Pick<Cluster, 'own'>;
  readonly programme: Programme;
  readonly ways: NoticeWays;
}

/** Whom records are told to, and the queue that tells them: a receiver a key. */
export interface Notices {
  readonly queue: QueueDefinition;
  receivers(): readonly string[];
}

/** A receiver that is down is tried once a minute. */
const longestBackoffMs = 60_000;

export function createNotices({ cluster, programme, ways, clock, log, metrics }: NoticesOptions): Notices {
  const book = createNotifyBook({ cluster, programme });
  const handle = createNotifier({ ...{ clock, log, metrics, book }, ...ways, incidents: cluster.own.incidents.client });
  return { queue: { name: 'notice', workers: 16, maxBackoffMs: longestBackoffMs, handle }, receivers: () => book.receivers() };
}
