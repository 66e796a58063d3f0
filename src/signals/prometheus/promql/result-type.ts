import type { Expression } from './expression.ts';

export type ResultType = 'Vector' | 'Scalar' | 'String' | 'Matrix';

const scalarFunctions = new Set(['time', 'pi', 'scalar']);

/** What a query answers with, known without asking; Prometheus itself refuses expressions whose parts don't fit. */
export function resultTypeOf(expression: Expression): ResultType {
  switch (expression.kind) {
    case 'Number':
      return 'Scalar';
    case 'String':
      return 'String';
    case 'Range':
    case 'Subquery':
      return 'Matrix';
    case 'Offset':
    case 'At':
    case 'Unary':
    case 'Paren':
      return resultTypeOf(expression.inner);
    case 'Call':
      return scalarFunctions.has(expression.name) ? 'Scalar' : 'Vector';
    case 'Selector':
    case 'Aggregation':
      return 'Vector';
    case 'Binary':
      return resultTypeOf(expression.left) === 'Scalar' && resultTypeOf(expression.right) === 'Scalar' ? 'Scalar' : 'Vector';
  }
}
