import { describe, expect, it } from '@jest/globals';
import { carryOver, imagesOf, sameTemplate } from '../../../../src/actuators/deployment/template.ts';
import { aTemplate } from '../../../builders/deployment.ts';

const variable = (name: string, value: string) => ({ name, value });
const env = (...variables: readonly { name: string; value: string }[]) => aTemplate('2.2.0', { env: variables });

describe('an edit carried over to another template', () => {
  it('that changed nothing leaves it as it is', () => {
    expect(carryOver({ base: aTemplate('2.2.0'), edited: aTemplate('2.2.0'), onto: aTemplate('2.3.0') })).toEqual(aTemplate('2.3.0'));
  });

  it('changes what it changed, and nothing beside it', () => {
    const base = env(variable('A', '1'), variable('B', '1'));
    const edited = env(variable('A', '2'), variable('B', '1'));
    const onto = aTemplate('2.3.0', { env: [variable('A', '1'), variable('B', '9'), variable('C', '1')] });
    expect(carryOver({ base, edited, onto })).toEqual(
      aTemplate('2.3.0', { env: [variable('A', '2'), variable('B', '9'), variable('C', '1')] }),
    );
  });

  it('takes out what it took out, and puts in what it put in', () => {
    const base = env(variable('A', '1'), variable('B', '1'));
    const edited = env(variable('N', '1'), variable('B', '1'));
    const onto = aTemplate('2.3.0', { env: [variable('A', '1'), variable('B', '1')] });
    expect(carryOver({ base, edited, onto })).toEqual(aTemplate('2.3.0', { env: [variable('N', '1'), variable('B', '1')] }));
  });

  it('takes a list whose items have no names whole', () => {
    const args = (...list: readonly string[]) => ({ spec: { args: list } });
    expect(carryOver({ base: args('a'), edited: args('b'), onto: args('a', 'c') })).toEqual(args('b'));
    expect(carryOver({ base: args('a'), edited: args('a'), onto: args('a', 'c') })).toEqual(args('a', 'c'));
    const twice = { env: [variable('A', '1'), variable('A', '2')] };
    expect(carryOver({ base: { env: [variable('A', '1')] }, edited: twice, onto: { env: [] } })).toEqual(twice);
  });

  it('knows no members of prototypes', () => {
    expect(carryOver({ base: {}, edited: { constructor: 'x' }, onto: { toString: 'y' } })).toEqual({ toString: 'y', constructor: 'x' });
  });
});

it('templates are the same whatever order their members stand in, and images are told container by container', () => {
  expect(sameTemplate({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toBe(true);
  expect(sameTemplate(aTemplate('2.2.0'), aTemplate('2.3.0'))).toBe(false);
  expect(imagesOf(aTemplate('2.2.0'))).toBe('server=models/credit:2.2.0, proxy=proxies/edge:1.0');
  expect(imagesOf({})).toBe('');
});
