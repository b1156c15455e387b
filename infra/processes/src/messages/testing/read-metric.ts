/** The sum of a metric's values with these labels, in what `/metrics` answered. */
export function readMetric(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  let sum = 0;
  for (const line of text.split('\n')) {
    const [, labelled = '', value] = /^([^{ ]+(?:\{.*\})?) (.+)$/.exec(line) ?? [];
    const [found, own = ''] = labelled.split('{');
    if (found === name && wanted.every((label) => own.includes(label))) sum += Number(value);
  }
  return sum;
}
