import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expandLink, linkPlaceholders, linksOf } from '../../../src/api/link-template.ts';

describe('expandLink', () => {
  it('puts each placeholder in, as often as it is there', () => {
    const facts = { namespace: 'lending', model: 'credit', version: '2.3.0', indicator: 'score-drift', incident: 'ri-1' };
    expect(expandLink('https://a.example/{namespace}/{model}/{version}?i={indicator}&x={incident}&again={model}', facts)).toBe(
      'https://a.example/lending/credit/2.3.0?i=score-drift&x=ri-1&again=credit',
    );
  });

  it('encodes what is put in, so that a name can lead nowhere else and holds no placeholder of its own', () => {
    expect(expandLink('https://a.example/{model}', { model: '../x?y=1&z#@b.example/$&' })).toBe(
      'https://a.example/..%2Fx%3Fy%3D1%26z%23%40b.example%2F%24%26',
    );
    expect(expandLink('https://a.example/{namespace}/{model}', { namespace: '{model}', model: 'credit' })).toBe(
      'https://a.example/%7Bmodel%7D/credit',
    );
  });

  it('leaves out what is not known, and what is no placeholder as it is', () => {
    expect(expandLink('https://a.example/{model}?i={indicator}&t={team}', { model: 'credit' })).toBe(
      'https://a.example/credit?i=&t={team}',
    );
  });

  it('keeps the origin, whatever things are called', () => {
    const facts = fc.record(Object.fromEntries(linkPlaceholders.map((each) => [each, fc.string()])));
    fc.assert(
      fc.property(facts, (known) => {
        const url = new URL(expandLink('https://a.example/x/{namespace}/{model}?v={version}#{incident}{indicator}', known));
        return url.origin === 'https://a.example' && url.username === '' && [...url.searchParams.keys()].join() === 'v';
      }),
    );
  });
});

describe('linksOf', () => {
  it('takes each link from the first that has one', () => {
    const places = [undefined, { runbookURL: 'https://a/{model}' }, { runbookURL: 'https://b', dashboardURL: 'https://c/{incident}' }];
    expect(linksOf(places, { model: 'credit', incident: 'ri-1' })).toEqual([
      { name: 'runbook', url: 'https://a/credit' },
      { name: 'dashboard', url: 'https://c/ri-1' },
    ]);
  });

  it('is empty where nobody wrote any', () => {
    expect(linksOf([undefined, {}], {})).toEqual([]);
  });
});
