const SHOWN_LINES = 15;

/** The last lines of an output, indented to stand below a sentence. */
export function indentEnd(output: string): string {
  const end = output.trim().split('\n').slice(-SHOWN_LINES);
  return end.map((line) => `    ${line}`).join('\n');
}
