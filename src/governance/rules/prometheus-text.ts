/** Text of rules: what others named must arrive in Prometheus as a name, never as part of a query or of a template. */

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
] as const;

/** A duration as Prometheus writes it, in the largest unit that says it exactly: 3600 is `1h`. */
export function duration(seconds: number): string {
  const [unit, size] = units.find(([, length]) => seconds % length === 0) ?? ['s', 1];
  return `${String(seconds / size)}${unit}`;
}

/** A selector in braces. Lists match any of their members. */
export function selector(labels: Readonly<Record<string, string | readonly string[]>>): string {
  const matchers = Object.entries(labels).map(([label, value]) =>
    typeof value === 'string' ? `${label}=${JSON.stringify(value)}` : `${label}=~${JSON.stringify(value.map(literal).join('|'))}`,
  );
  return `{${matchers.join(',')}}`;
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** Labels and annotations of rules are templates: a name with `{{` in it would run queries of its author's choosing. */
export function plain(text: string): string {
  return text.replaceAll('{{', '{{"{{"}}');
}
