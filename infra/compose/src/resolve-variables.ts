/**
 * Puts variables into a text as Compose does: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, nested, and `$$`.
 *
 * @throws Error with the message for a variable that is needed and not there.
 */
export function resolveVariables(text: string, values: Readonly<Record<string, string | undefined>>): string {
  let resolved = '';
  for (let at = 0; at < text.length; ) {
    if (text.startsWith('$$', at)) {
      resolved += '$';
      at += 2;
    } else if (text.startsWith('${', at)) {
      const end = closingBrace(text, at);
      resolved += resolveOne(text.slice(at + 2, end), values);
      at = end + 1;
    } else {
      resolved += text[at];
      at += 1;
    }
  }
  return resolved;
}

function resolveOne(expression: string, values: Readonly<Record<string, string | undefined>>): string {
  const match = /^(\w+)(?::([-?])([\s\S]*))?$/.exec(expression);
  const [, name = '', operator, rest = ''] = match ?? [];
  if (match === null) throw new Error(`not a variable: ${expression}`);
  const value = values[name];
  if (value !== undefined && value !== '') return value;
  if (operator === '?') throw new Error(`${name}: ${rest}`);
  return operator === '-' ? resolveVariables(rest, values) : '';
}

function closingBrace(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text.startsWith('${', at)) depth += 1;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  throw new Error(`not closed: ${text.slice(start)}`);
}
