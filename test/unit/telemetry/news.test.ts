import { describe, expect, it } from '@jest/globals';
import { createNews } from '../../../src/telemetry/news.ts';

describe('createNews', () => {
  it('lets each text through once', () => {
    const news = createNews(10);
    expect(['a', 'b', 'a', 'b', 'c'].map((text) => news.isNews(text))).toEqual([true, true, false, false, true]);
  });

  it('stays bounded: beyond its capacity it starts over', () => {
    const news = createNews(2);
    expect(['a', 'b', 'c', 'a'].map((text) => news.isNews(text))).toEqual([true, true, true, true]);
  });
});
