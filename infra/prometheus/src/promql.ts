import { parser } from '@prometheus-io/lezer-promql';

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

export interface ParsedExpression {
  readonly selectors: readonly Selector[];
  /** Named in `by (…)`, `on (…)` and the like. */
  readonly groupingLabels: readonly string[];
}

/** Takes a PromQL expression apart; Grafana's own variables count as five minutes. @throws when it is none. */
export function parseExpression(expression: string): ParsedExpression {
  const text = expression.replaceAll('$__rate_interval', '5m');
  const selectors: Selector[] = [];
  const groupingLabels: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, node, from, to }) => {
      if (type.isError) throw new SyntaxError(`not PromQL at ${from}: ${text}`);
      const childText = (name: string) => {
        const child = node.getChild(name);
        return child === null ? '' : text.slice(child.from, child.to);
      };
      if (type.name === 'VectorSelector') {
        const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
        selectors.push({
          metric: childText('Identifier'),
          matchers: matchers.map((matcher) => {
            const part = (name: string) => {
              const child = matcher.getChild(name);
              return child === null ? '' : text.slice(child.from, child.to);
            };
            return { label: part('LabelName'), operator: part('MatchOp'), value: part('StringLiteral').slice(1, -1) };
          }),
        });
      }
      if (type.name === 'LabelName' && node.parent?.name === 'GroupingLabels')
        groupingLabels.push(text.slice(from, to));
    },
  });
  return { selectors, groupingLabels };
}
