/** Where two plain values differ, as a path; `undefined` when they are alike. A field too many is a difference. */
export function difference(expected: unknown, actual: unknown, path = ''): string | undefined {
  if (expected === actual) return undefined;
  if (typeof expected !== 'object' || typeof actual !== 'object' || expected === null || actual === null) return path;
  const fields = actual as Record<string, unknown>;
  let count = 0;
  for (const [name, value] of Object.entries(expected)) {
    count += 1;
    const found = difference(value, fields[name], path === '' ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  if (Object.keys(fields).length === count) return undefined;
  return Object.keys(fields).find((name) => !(name in expected)) ?? path;
}
