import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod';
import { planQuery } from '../../../src/signals/prometheus/query-plan.ts';
import type { Expression } from '../../../src/signals/prometheus/promql/expression.ts';
import { parsePromQL } from '../../../src/signals/prometheus/promql/parse.ts';
import { printExpression } from '../../../src/signals/prometheus/promql/print.ts';
import { startPrometheus, type RunningPrometheus } from '../../../testbed/prometheus.ts';
import { hostileText } from '../../builders/promql-arbitraries.ts';
import { inlineSignal } from '../../builders/signal.ts';

/** The syntax tree of Prometheus' own parser. */
type Tree = { readonly [key: string]: unknown };

let prometheus: RunningPrometheus;

beforeAll(async () => {
  prometheus = await startPrometheus({ targets: [] });
}, 60_000);

afterAll(() => prometheus.stop());

const parseAnswer = z.object({ data: z.record(z.string(), z.unknown()).optional() });

/** Null for what Prometheus refuses. */
async function treeOf(query: string): Promise<Tree | null> {
  const response = await fetch(`${prometheus.url}/api/v1/parse_query`, { method: 'POST', body: new URLSearchParams({ query }) });
  return parseAnswer.parse(await response.json()).data ?? null;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nodesOf(tree: Tree): readonly Tree[] {
  const below = Object.values(tree).flat().filter(isTree);
  return ['vectorSelector', 'matrixSelector'].includes(String(tree['type'])) ? [tree] : below.flatMap(nodesOf);
}

function printed(query: string): string {
  const parsed = parsePromQL(query);
  if (!parsed.ok) throw new Error(`${query}: ${parsed.failure}`);
  return printExpression(parsed.value);
}

/** How operators are grouped, nothing else: `[a + [b * c]]`. */
function groupingOf(expression: Expression): string {
  switch (expression.kind) {
    case 'Binary':
      return `[${groupingOf(expression.left)} ${expression.operator} ${groupingOf(expression.right)}]`;
    case 'Unary':
      return `[${expression.operator} ${groupingOf(expression.inner)}]`;
    case 'Offset':
    case 'At':
      return `${groupingOf(expression.inner)}~`;
    case 'Selector':
      return expression.metric ?? '';
    default:
      return expression.kind;
  }
}

function groupingOfTree(tree: unknown): string {
  if (!isTree(tree)) return '';
  const { type, op, lhs, rhs, expr, name, offset, timestamp, startOrEnd } = tree;
  if (type === 'binaryExpr') return `[${groupingOfTree(lhs)} ${String(op)} ${groupingOfTree(rhs)}]`;
  if (type === 'unaryExpr') return `[${String(op)} ${groupingOfTree(expr)}]`;
  const modifiers = [offset !== 0, timestamp !== null || startOrEnd !== null].filter(Boolean).length;
  return `${String(name)}${'~'.repeat(modifiers)}`;
}

const corpus = [
  'up',
  'job:errors:rate5m{}',
  '{__name__=~".+"}',
  `x{a="1",b!='2',c=~"3",d!~\`4\`,}`,
  '{"a.metric","a.label"="v"}',
  'rate( x [5m] offset -1h )',
  'rate(x[300])',
  'x @ 1609746000.5 offset 5m',
  'rate(x[5m] @ END() offset 1m)',
  'max_over_time(rate(x[5m])[1h:1m] @ start())',
  'SUM BY (a, "b.c") (x)',
  'sum(x) without (a)',
  'topk by () (3, x)',
  'quantile(0.9, x)',
  'count_values("v", x)',
  `label_replace(x, 'a', "$1\\n", "b", "(.*)")`,
  'x > BOOL 1',
  'a / on (x) group_left(y) b',
  'a * ignoring (x) group_right () (b)',
  'x + 0x1F + 1e+5 + Inf + .5 + 1_000 + 1h30m - - 1',
  'by{by="by"} or sum + rate or start',
  'x # sum(\n + y',
  'histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m])))',
  'scalar(x) + vector(time()) atan2 -pi()',
];

describe("against Prometheus' own parser", () => {
  it.each(corpus)('prints %s as the same query', async (query) => {
    const tree = await treeOf(query);
    expect(tree).not.toBeNull();
    expect(await treeOf(printed(query))).toEqual(tree);
  });

  it('groups any chain of operators and modifiers alike', async () => {
    const operator = fc.constantFrom('+', '-', '*', '/', '%', '^', 'atan2', '==', '>', 'and', 'or', 'unless');
    const operand = fc
      .tuple(
        fc.constantFrom('', '-', '+', '- -'),
        fc.constantFrom('a', 'b', 'c'),
        fc.constantFrom('', ' offset 1m', ' @ 5', ' @ end() offset -1h'),
      )
      .map((parts) => parts.join(''));
    const chain = fc
      .tuple(operand, fc.array(fc.tuple(operator, operand), { maxLength: 6 }))
      .map(([first, rest]) => [first, ...rest.flat()].join(' '));
    await fc.assert(
      fc.asyncProperty(chain, async (query) => {
        const parsed = parsePromQL(query);
        expect(parsed.ok && groupingOf(parsed.value)).toBe(groupingOfTree(await treeOf(query)));
      }),
      { numRuns: 300 },
    );
  });

  it('S9: whatever a namespace is called, Prometheus sees it in every selector and sees the same query', async () => {
    const query = 'max(a{x="1"} / on (x) group_left (y) b offset 1w) or max_over_time({__name__=~".+"}[1h:1m])';
    await fc.assert(
      fc.asyncProperty(hostileText, async (namespace) => {
        const plan = planQuery(inlineSignal({ query, countQuery: 'count(a)', windowSeconds: Infinity }), { namespace, only: null });
        const tree = plan.ok ? await treeOf(plan.value.text) : null;
        const selectors = nodesOf(tree ?? {});
        expect(selectors).toHaveLength(6);
        for (const { matchers } of selectors) {
          const onNamespace = z
            .array(z.object({ name: z.string(), type: z.string(), value: z.string() }))
            .parse(matchers)
            .filter(({ name }) => name === 'namespace');
          expect(onNamespace).toEqual([{ name: 'namespace', type: '=', value: namespace }]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
