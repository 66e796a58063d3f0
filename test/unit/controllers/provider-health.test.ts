import { beforeEach, describe, expect, it } from '@jest/globals';
import { createProviderHealthBook } from '../../../src/controllers/provider-health.ts';
import type { ProviderHealthBook } from '../../../src/controllers/provider-health.ts';

const provider = 'default/prometheus';

describe('the health of a provider', () => {
  let book: ProviderHealthBook;
  const hear = (result: string, atSeconds: number): boolean => book.heard({ provider, result }, atSeconds * 1000);

  beforeEach(() => {
    book = createProviderHealthBook();
  });

  it('is unknown until it was asked', () => {
    expect(book.healthOf(provider)).toEqual({ kind: 'NotAsked' });
  });

  it('is news once: the first answer, the first failure of one that never answered', () => {
    expect(hear('Unreachable', 0)).toBe(true);
    expect(hear('Unreachable', 1)).toBe(false);
    expect(book.healthOf(provider)).toEqual({ kind: 'Silent', cause: 'Unreachable' });
    expect(hear('Success', 2)).toBe(true);
    expect(hear('Success', 3)).toBe(false);
    expect(book.healthOf(provider)).toEqual({ kind: 'Answering' });
  });

  it('is silent after ten seconds without any answer', () => {
    hear('Success', 0);
    expect(hear('Timeout', 1)).toBe(false);
    expect(hear('Timeout', 10.9)).toBe(false);
    expect(hear('Unreachable', 11)).toBe(true);
    expect(book.healthOf(provider)).toEqual({ kind: 'Silent', cause: 'Unreachable' });
    expect(hear('Timeout', 12)).toBe(false);
  });

  it('regression: one query that always fails beside one that succeeds is no news at every poll', () => {
    hear('Success', 0);
    const news = Array.from({ length: 100 }, (_, poll) => [hear('Timeout', poll), hear('Success', poll + 0.5)]).flat();
    expect(news).not.toContain(true);
  });

  it('regression: a query the provider rejects says nothing of the provider', () => {
    expect(hear('QueryRejected', 0)).toBe(true);
    expect(book.healthOf(provider)).toEqual({ kind: 'Answering' });
  });

  it('regression: a query that never got its turn says nothing of the provider', () => {
    hear('Success', 0);
    const news = Array.from({ length: 30 }, (_, second) => hear('Crowded', second));
    expect(news).not.toContain(true);
    expect(book.healthOf(provider)).toEqual({ kind: 'Answering' });
  });

  it('keeps providers apart', () => {
    hear('Success', 0);
    book.heard({ provider: 'other/prometheus', result: 'Unreachable' }, 0);
    expect(book.healthOf(provider)).toEqual({ kind: 'Answering' });
  });
});
