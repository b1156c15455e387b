import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { checkedKinds } from './checked-kinds.ts';

// `node infra/kubernetes/src/schemas/take-schemas.ts FOLDER`: keeps of Kubernetes' own schemas those of the kinds that
// the chart has. FOLDER is kubernetes-json-schema/vX.Y.Z-local-strict of the Python package kubernetes-validate.

interface Definitions {
  readonly [name: string]: unknown;
}

const folder = process.argv[2] ?? '';
const version = /v[0-9.]+(?=-local-strict\/?$)/.exec(folder)?.[0];
if (version === undefined) {
  process.stderr.write('Name the folder of the schemas, such as …/kubernetes-json-schema/v1.37.0-local-strict.\n');
  process.exit(1);
}
const text = await readFile(path.join(folder, '_definitions.json'), 'utf8');
const all = z.object({ $defs: z.record(z.string(), z.unknown()) }).parse(JSON.parse(text)).$defs;

const kept = new Map<string, unknown>();
for (const name of Object.values(checkedKinds)) keep(name);
const lines = [...kept.keys()].sort().map((name) => `${JSON.stringify(name)}: ${JSON.stringify(kept.get(name))}`);
const target = path.join(import.meta.dirname, 'generated/kubernetes.json');
await writeFile(target, `{"version": "${version}", "$defs": {\n${lines.join(',\n')}\n}}\n`);

function keep(name: string): void {
  if (kept.has(name)) return;
  const schema = withoutProse((all as Definitions)[name]);
  kept.set(name, schema);
  for (const [, other = ''] of JSON.stringify(schema).matchAll(/"#\/\$defs\/([^"]+)"/g)) keep(other);
}

function withoutProse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutProse);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, inner]) => !key.startsWith('x-kubernetes-') && !(key === 'description' && typeof inner === 'string'),
  );
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutProse(inner)]));
}
