/** Breaks a text into lines of at most `width`, the prefix of each included. */
export function wrap(text: string, width: number, prefix = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? `${prefix}${word}` : `${line} ${word}`;
    if (longer.length <= width || line === '') {
      line = longer;
      continue;
    }
    lines.push(line);
    line = `${prefix}${word}`;
  }
  return [...lines, line].join('\n');
}
