import { beforeEach, describe, expect, it } from '@jest/globals';
import { watchByNamespace } from '../../../src/controllers/namespaced-watch.ts';
import type { NamespacedWatch } from '../../../src/controllers/namespaced-watch.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import type { ReflectorEvent } from '../../../src/kube/reflector.ts';
import { createStore } from '../../../src/kube/store.ts';
import type { StoreWriter } from '../../../src/kube/store.ts';
import { createManualClock } from '../../builders/manual-clock.ts';
import type { ManualClock } from '../../builders/manual-clock.ts';
import { testObject } from '../../builders/kube-object.ts';

type Life = ReflectorEvent extends infer Event ? (Event extends { readonly plural: string } ? Omit<Event, 'plural'> : never) : never;

/** A reflector that says what it is told to. */
interface Puppet {
  readonly writer: StoreWriter<UntypedObject>;
  say(event: Life, heardAtMs?: number): void;
  stopped: boolean;
}

const denied = { kind: 'Failed', during: 'List', failure: { kind: 'Denied', status: 403, message: 'no' }, retryInMs: 1 } as const;
const down = {
  kind: 'Failed',
  during: 'List',
  failure: { kind: 'Unavailable', status: 503, message: 'down', retryAfterMs: null },
  retryInMs: 1,
} as unknown as Life;
const synced: readonly Life[] = [{ kind: 'Listed', pages: 1, objects: 0, resourceVersion: '1' }, { kind: 'Synced' }];

let clock: ManualClock;
let watch: NamespacedWatch;
let puppets: Map<string, Puppet>;
let news: string[];
let store: ReturnType<typeof createStore<UntypedObject, 'namespace'>>;

beforeEach(() => {
  clock = createManualClock();
  puppets = new Map();
  news = [];
  store = createStore<UntypedObject, 'namespace'>({ namespace: ({ metadata }) => [metadata.namespace ?? ''] });
  watch = watchByNamespace<UntypedObject>({
    ...{ store, clock },
    observe: () => undefined,
    onNews: (namespace) => void news.push(namespace),
    openReflector: (namespace, writer, observe) => {
      let isSynced = false;
      let heard: number | null = null;
      let resolve = (): void => undefined;
      const whenSynced = new Promise<void>((done) => {
        resolve = done;
      });
      const puppet: Puppet = {
        writer,
        stopped: false,
        say: (event, heardAtMs) => {
          heard = heardAtMs ?? heard;
          if (event.kind === 'Synced') {
            isSynced = true;
            resolve();
          }
          observe({ plural: 'deployments', ...event });
        },
      };
      puppets.set(namespace, puppet);
      return {
        start: () => undefined,
        stop: () => {
          puppet.stopped = true;
          return Promise.resolve();
        },
        synced: () => isSynced,
        served: () => true,
        whenSynced: () => whenSynced,
        heardAtMs: () => heard,
      };
    },
  });
});

function of(namespace: string): Puppet {
  const puppet = puppets.get(namespace);
  if (puppet === undefined) throw new Error(`${namespace} was not opened`);
  return puppet;
}

const tell = (namespace: string, events: readonly Life[], heardAtMs?: number): void => {
  for (const event of events) of(namespace).say(event, heardAtMs);
};

function object(namespace: string, name: string): UntypedObject {
  const base = testObject() as UntypedObject;
  return { ...base, metadata: { ...base.metadata, namespace, name, uid: `${namespace}/${name}` } };
}

async function isSettled(): Promise<boolean> {
  return Promise.race([
    watch.whenSynced().then(() => true),
    Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => false),
  ]);
}

describe('a kind watched namespace by namespace', () => {
  it('keeps each namespace’s objects apart in one store, and forgets those of one that is closed', () => {
    watch.open('lending');
    watch.open('claims');
    watch.open('claims');
    expect(puppets.size).toBe(2);
    of('lending').writer.replaceAll([object('lending', 'a'), object('lending', 'b')]);
    of('claims').writer.replaceAll([object('claims', 'a')]);
    of('lending').writer.replaceAll([object('lending', 'b')]);
    expect(
      store
        .list()
        .map(({ metadata: { namespace, name } }) => `${String(namespace)}/${name}`)
        .sort(),
    ).toEqual(['claims/a', 'lending/b']);
    watch.keepOnly(new Set(['lending']));
    expect([store.size(), of('claims').stopped, of('lending').stopped]).toEqual([1, true, false]);
  });

  it('is waited for until every namespace is read or refused, not while a server is down', async () => {
    watch.open('lending');
    watch.open('claims');
    tell('lending', synced);
    tell('claims', [down]);
    expect(await isSettled()).toBe(false);
    tell('claims', [denied]);
    await watch.whenSynced();
    expect([watch.isReadIn('lending'), watch.isReadIn('claims'), watch.isReadIn('elsewhere')]).toEqual([true, false, false]);
  });

  it('says why it does not see, until it does', () => {
    watch.open('lending');
    expect([watch.failureIn('lending'), watch.failureIn('elsewhere')]).toEqual([null, null]);
    tell('lending', [denied]);
    expect(watch.failureIn('lending')?.kind).toBe('Denied');
    tell('lending', synced);
    expect(watch.failureIn('lending')).toBeNull();
  });

  it('tells what is new of a namespace, and not the same again and again', () => {
    watch.open('lending');
    tell('lending', [denied]);
    tell('lending', [denied]);
    expect(news).toEqual(['lending']);
    tell('lending', synced);
    expect(news.length).toBeGreaterThan(1);
  });

  it('is deaf only where it was heard and is not any more', () => {
    expect(watch.heardAtMs()).toBe(clock.nowMs());
    watch.open('lending');
    watch.open('claims');
    expect([watch.synced(), watch.heardAtMs()]).toEqual([true, clock.nowMs()]);
    tell('lending', synced, clock.nowMs() - 5000);
    tell('claims', [denied], 1);
    expect(watch.heardAtMs()).toBe(clock.nowMs() - 5000);
  });
});
