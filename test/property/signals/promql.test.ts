import { describe, it } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { planQuery } from '../../../src/signals/prometheus/query-plan.ts';
import { confineExpression } from '../../../src/signals/prometheus/promql/confine.ts';
import { mapSelectors, selectorsOf, type Expression, type Matcher } from '../../../src/signals/prometheus/promql/expression.ts';
import { parsePromQL } from '../../../src/signals/prometheus/promql/parse.ts';
import { printExpression } from '../../../src/signals/prometheus/promql/print.ts';
import { decodeStringLiteral, encodeStringLiteral } from '../../../src/signals/prometheus/promql/string-literal.ts';
import { hostileText, vectorExpression } from '../../builders/promql-arbitraries.ts';
import { inlineSignal } from '../../builders/signal.ts';

function read(text: string): Expression | null {
  const parsed = parsePromQL(text);
  return parsed.ok ? parsed.value : null;
}

function withoutNamespace(expression: Expression): Expression {
  return mapSelectors(expression, (selector) => ({
    ...selector,
    matchers: selector.matchers.filter(({ label }) => label !== 'namespace'),
  }));
}

function namespaceMatchers(expression: Expression): readonly (readonly Matcher[])[] {
  return selectorsOf(expression).map(({ matchers }) => matchers.filter(({ label }) => label === 'namespace'));
}

/** Queries that fit the length limit whatever namespace is put into them. */
const query = vectorExpression.filter((expression) => printExpression(expression).length < 1500 && selectorsOf(expression).length < 10);

/** Generated objects have no prototype. */
function same(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(structuredClone(a), structuredClone(b));
}

describe('string literals', () => {
  it('carry any text, through any of 100,000 tries', () => {
    fc.assert(
      fc.property(hostileText, (text) => decodeStringLiteral(encodeStringLiteral(text)) === text),
      { numRuns: 100_000 },
    );
  });
});

describe('PromQL', () => {
  it('is read back as it was printed', () => {
    fc.assert(
      fc.property(query, (expression) => same(read(printExpression(expression)), expression)),
      { numRuns: 3000 },
    );
  });

  it('S9: no label value changes the query it is put into (100,000 values)', () => {
    const value = (text: string): Expression => ({
      kind: 'Binary',
      operator: '/',
      bool: false,
      matching: null,
      left: { kind: 'Selector', metric: 'a', matchers: [{ label: 'model', operator: '=', value: text }] },
      right: {
        kind: 'Selector',
        metric: null,
        matchers: [
          { label: 'weird "label"', operator: '!=', value: text },
          { label: 'b', operator: '=~', value: '.+' },
        ],
      },
    });
    fc.assert(
      fc.property(hostileText, (text) => isDeepStrictEqual(read(printExpression(value(text))), value(text))),
      { numRuns: 100_000 },
    );
  });

  it('carries the enforced label in every selector once it is confined, and is otherwise unchanged', () => {
    fc.assert(
      fc.property(query, hostileText, (expression, namespace) => {
        const confined = confineExpression(expression, { label: 'namespace', value: namespace });
        const again = confined.ok ? read(printExpression(confined.value)) : null;
        if (again === null) throw new Error('not confined');
        const only = [{ label: 'namespace', operator: '=', value: namespace }];
        return same(withoutNamespace(again), expression) && namespaceMatchers(again).every((matchers) => same(matchers, only));
      }),
      { numRuns: 3000 },
    );
  });

  it('reaches the provider only with the enforced label in every selector of every part', () => {
    fc.assert(
      fc.property(query, query, (value, count) => {
        const queries = { query: printExpression(value), countQuery: printExpression(count) };
        const plan = planQuery(inlineSignal({ ...queries, windowSeconds: Infinity }), { namespace: 'lending', only: null });
        if (!plan.ok) throw new Error(plan.failure.message);
        const sent = read(plan.value.text);
        // A combined query may be longer than what an author may write; then only its parts can be read back.
        fc.pre(sent !== null);
        const only = [{ label: 'namespace', operator: '=', value: 'lending' }];
        return namespaceMatchers(sent).every((matchers) => same(matchers, only));
      }),
      { numRuns: 1500 },
    );
  });

  it('never reads a text in a way that its own print contradicts, and never throws', () => {
    const fragment = fc.constantFrom(
      'up',
      '{',
      '}',
      '(',
      ')',
      '[5m]',
      '[1h:1m]',
      ' offset 1h',
      ' @ end()',
      '"a"',
      "'",
      '`',
      '#',
      '\r',
      '\n',
      '=',
      '=~',
      ',',
      'namespace',
      ' or ',
      '/',
      '-',
      '1',
      'sum',
      ' by ',
      'rate',
      'info',
      '\\',
    );
    const text = fc.array(fragment, { maxLength: 12 }).map((fragments) => fragments.join(''));
    fc.assert(
      fc.property(text, (each) => {
        const expression = read(each);
        return expression === null || same(read(printExpression(expression)), expression);
      }),
      { numRuns: 20_000 },
    );
  });
});
