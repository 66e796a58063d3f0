import fc from 'fast-check';
import type { Expression, Matcher, Selector, VectorMatching } from '../../src/signals/prometheus/promql/expression.ts';

/** Text that a careless quoter trips over, beside any Unicode. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '"',
      "'",
      '`',
      '\\',
      '{',
      '}',
      '(',
      ')',
      '\n',
      '\r',
      '#',
      ',',
      '=',
      '~',
      'n',
      'x',
      'u',
      '0',
      '\u0000',
      '\u2028',
      '😀',
    ),
  }),
  fc.constantFrom('", other="', '"} or up{a="', String.raw`\"} or up #`, String.raw`\u0022`, '`', 'a\r} or up'),
);

const metricName = fc.constantFrom('up', 'x', 'sum', 'rate', 'by', 'job:errors:rate5m', 'start', 'end', 'info');
const labelName = fc.oneof(
  fc.constantFrom('a', 'le', 'by', 'offset_', '__name__'),
  fc.string({ minLength: 1, maxLength: 6, unit: 'binary' }),
);

const matcher: fc.Arbitrary<Matcher> = fc.record({
  label: labelName.filter((label) => label !== 'namespace'),
  operator: fc.constantFrom('=', '!=', '=~', '!~'),
  value: hostileText,
});

export const selector: fc.Arbitrary<Selector> = fc.record({
  kind: fc.constant('Selector' as const),
  metric: fc.oneof(metricName, fc.constant(null), fc.string({ minLength: 1, maxLength: 6, unit: 'binary' })),
  matchers: fc.array(matcher, { maxLength: 3 }),
});

const duration = fc.constantFrom('5m', '1h30m', '300', '1d');
const labels = fc.array(labelName, { maxLength: 3 });

const matching: fc.Arbitrary<VectorMatching> = fc.record({
  mode: fc.constantFrom('on', 'ignoring'),
  labels,
  group: fc.option(fc.record({ side: fc.constantFrom('group_left', 'group_right'), labels })),
});

const inBrackets = (inner: Expression): Expression => ({ kind: 'Paren', inner });

/** What may stand beside an operator without changing how the whole is grouped. */
const isClosed = ({ kind }: Expression): boolean => kind !== 'Binary' && kind !== 'Unary' && kind !== 'Number';

/** Selectors with range and modifiers, as they stand in front of a function. */
const range: fc.Arbitrary<Expression> = fc
  .record({
    inner: selector,
    range: duration,
    offset: fc.option(fc.constantFrom('1h', '-1h')),
    at: fc.option(fc.constantFrom('start()', 'end()', '1609746000')),
  })
  .map(({ inner, range, offset, at }) => {
    const ranged: Expression = { kind: 'Range', inner, range };
    const shifted: Expression = offset === null ? ranged : { kind: 'Offset', inner: ranged, offset };
    return at === null ? shifted : { kind: 'At', inner: shifted, at };
  });

/** Vectors of every form the reader accepts. What they mean is not looked at: types may not fit. */
export const vectorExpression: fc.Arbitrary<Expression> = fc.letrec<{ vector: Expression }>((tie) => ({
  vector: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    selector,
    fc.record({ kind: fc.constant('Call' as const), name: fc.constantFrom('rate', 'increase', 'absent_over_time'), args: fc.tuple(range) }),
    fc.record({ kind: fc.constant('Call' as const), name: fc.constantFrom('abs', 'timestamp', 'absent'), args: fc.tuple(tie('vector')) }),
    fc.tuple(tie('vector'), hostileText).map(([vector, text]): Expression => ({
      kind: 'Call',
      name: 'label_replace',
      args: [vector, ...['a', text, '', ''].map((value): Expression => ({ kind: 'String', value }))],
    })),
    fc.tuple(tie('vector'), duration, fc.option(duration)).map(([inner, range, step]): Expression => ({
      kind: 'Call',
      name: 'max_over_time',
      args: [{ kind: 'Subquery', inner: isClosed(inner) ? inner : inBrackets(inner), range, step }],
    })),
    fc.record({
      kind: fc.constant('Aggregation' as const),
      operator: fc.constantFrom('sum', 'max', 'count', 'group'),
      grouping: fc.option(fc.record({ mode: fc.constantFrom('by', 'without'), labels })),
      args: fc.tuple(tie('vector')),
    }),
    fc.record({
      kind: fc.constant('Binary' as const),
      operator: fc.constantFrom('+', '-', '*', '/', '%', '^', 'atan2', '==', '>', 'and', 'or', 'unless'),
      bool: fc.constant(false),
      matching: fc.option(matching),
      left: tie('vector').map(inBrackets),
      right: tie('vector').map((right) => (isClosed(right) ? right : inBrackets(right))),
    }),
    tie('vector').map((inner): Expression => ({ kind: 'Unary', operator: '-', inner: inBrackets(inner) })),
    tie('vector').map(inBrackets),
  ),
})).vector;
