import { describe, expect, it } from '@jest/globals';
import { climbs, fillPath, namesVersion, pathProblem } from '../../../../src/signals/http-json/path.ts';

const identity = { namespace: 'lending', model: 'credit', version: '2.3.0' };

describe('fillPath', () => {
  it('fills each placeholder wherever it stands', () => {
    expect(fillPath('/{namespace}/{model}?version={version}&again={model}', identity)).toBe('/lending/credit?version=2.3.0&again=credit');
  });

  it.each([
    ['a slash', 'a/b', '/m/a%2Fb'],
    ['a query', 'a?b=c&d', '/m/a%3Fb%3Dc%26d'],
    ['a percent sign', '%2e%2e', '/m/%252e%252e'],
    ['another placeholder', '{namespace}', '/m/%7Bnamespace%7D'],
    ['letters of the world', 'größe', '/m/gr%C3%B6%C3%9Fe'],
    ['half a character', '\ud800', '/m/%EF%BF%BD'],
    ['a line break', 'a\r\nHost: b', '/m/a%0D%0AHost%3A%20b'],
  ])('lets no name leave its segment: %s', (_what, version, path) => {
    expect(fillPath('/m/{version}', { ...identity, version })).toBe(path);
  });
});

describe('regression: a name made of dots leads the path elsewhere, however it is encoded', () => {
  it.each(['.', '..', 'a/../b', '../other', 'a\\..\\b', '..\\'])('%s', (version) => {
    expect(climbs(fillPath('/{namespace}/{model}/{version}/psi', { ...identity, version }))).toBe(true);
  });

  it('of two names that are one segment together', () => {
    expect(climbs(fillPath('/{model}{version}', { ...identity, model: '.', version: '.' }))).toBe(true);
  });

  it.each(['2.3.0', '...', '..a', 'org/credit', '%2e%2e'])('and not %s', (version) => {
    expect(climbs(fillPath('/{namespace}/{model}/{version}/psi?{version}=..', { ...identity, version }))).toBe(false);
  });
});

describe('namesVersion', () => {
  it('tells a path for one version from one for all', () => {
    expect([namesVersion('/{model}/{version}'), namesVersion('/{model}')]).toEqual([true, false]);
  });
});

describe('pathProblem', () => {
  it.each(['/{namespace}/{model}/{version}', '/metrics?model={model}', '/a.b/..c/{model}'])('has nothing against %s', (path) => {
    expect(pathProblem(path)).toBeNull();
  });

  it.each([
    ['models', 'must begin with /'],
    ['/{served}', 'no other braces'],
    ['/{model', 'no other braces'],
    ['/a b', 'percent-encoded'],
    ['/a#b', 'percent-encoded'],
    ['/../admin', 'must not climb'],
    ['/a/%2e%2E/b', 'must not climb'],
  ])('says what is wrong with %s', (path, problem) => {
    expect(pathProblem(path)).toContain(problem);
  });
});
