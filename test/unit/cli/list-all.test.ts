import { describe, expect, it } from '@jest/globals';
import { whoAmI } from '../../../src/cli/author.ts';
import { listAll } from '../../../src/cli/list-all.ts';
import { tableLines } from '../../../src/cli/table.ts';
import type { APIFailure } from '../../../src/kube/api-failure.ts';
import type { UntypedObject } from '../../../src/kube/kube-object.ts';
import type { ListOptions } from '../../../src/kube/resource-client.ts';
import { failure, success } from '../../../src/shared/result.ts';
import { testObject } from '../../builders/kube-object.ts';

const objects = ['a', 'b', 'c', 'd', 'e'].map((name) => testObject({ name }) as unknown as UntypedObject);
const gone: APIFailure = { kind: 'Gone', status: 410, message: 'the token is too old' };

/** Two objects a page; `refusedAt` is the page that is refused. */
function paged(refusedAt: number | null = null) {
  const asked: ListOptions[] = [];
  const listPage = (options: ListOptions) => {
    asked.push(options);
    if (asked.length - 1 === refusedAt) return Promise.resolve(failure(gone));
    const from = Number(options.continueToken ?? '0');
    const continueToken = from + 2 < objects.length ? String(from + 2) : null;
    return Promise.resolve(success({ items: objects.slice(from, from + 2), continueToken, resourceVersion: '1' }));
  };
  return { asked, client: { listPage } };
}

describe('listAll', () => {
  it('puts all pages together, in their order, each asked for with what the one before said', async () => {
    const { asked, client } = paged();
    expect(await listAll(client, 'lending')).toEqual(success(objects));
    expect(asked).toEqual([
      { namespace: 'lending', limit: 500 },
      { namespace: 'lending', limit: 500, continueToken: '2' },
      { namespace: 'lending', limit: 500, continueToken: '4' },
    ]);
  });

  it('keeps to its selector on every page', async () => {
    const { asked, client } = paged();
    await listAll(client, null, 'modelrisk.dev/model');
    expect(asked.map(({ namespace, labelSelector }) => [namespace, labelSelector])).toEqual(
      Array.from({ length: 3 }, () => [null, 'modelrisk.dev/model']),
    );
  });

  it.each([0, 1, 2])('of which page %i is refused is no list: half of one would pass for the whole', async (page) => {
    const { asked, client } = paged(page);
    expect(await listAll(client, null)).toEqual(failure(gone));
    expect(asked).toHaveLength(page + 1);
  });
});

describe('whoAmI', () => {
  const answering = (answer: unknown) => whoAmI({ selves: { create: () => Promise.resolve(answer as never) } });

  it('is who the server says the caller is', async () => {
    expect(await answering(success({ status: { userInfo: { username: 'ana' } } }))).toBe('ana');
  });

  it.each([
    ['that does not know the review', failure({ kind: 'NotFound', status: 404, message: '' })],
    ['that lets nobody ask', failure({ kind: 'Denied', status: 403, message: '' })],
    ['that answers without a status', success({})],
    ['that answers without a user', success({ status: {} })],
    ['that answers without a name', success({ status: { userInfo: {} } })],
  ])('of a server %s is not known, and the server fills it in', async (_what, answer) => {
    expect(await answering(answer)).toBeNull();
  });
});

describe('tableLines', () => {
  it('makes columns as wide as the widest of their cells, heads among them', () => {
    expect(
      tableLines(
        ['NAME', 'TIER'],
        [
          ['credit-default', 'High'],
          ['x', 'Medium-or-so'],
        ],
      ),
    ).toEqual(['NAME            TIER', 'credit-default  High', 'x               Medium-or-so']);
    expect(tableLines(['A-LONG-HEAD', 'B'], [['x', 'y']])).toEqual(['A-LONG-HEAD  B', 'x            y']);
  });

  it('ends no line in blanks, and of no row makes no table', () => {
    expect(tableLines(['A', 'B'], [['longer', '']])).toEqual(['A       B', 'longer']);
    expect(tableLines(['A', 'B'], [])).toEqual([]);
  });

  it('takes a row that is too short for one whose last cells are empty', () => {
    expect(tableLines(['A', 'B'], [['x'], ['y', 'z']])).toEqual(['A  B', 'x', 'y  z']);
  });
});
