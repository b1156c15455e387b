import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { checkedKinds, operatorKinds } from './checked-kinds.ts';

interface KubernetesSchemas {
  readonly version: string;
  readonly $defs: Readonly<Record<string, object>>;
}

const file = new URL('generated/kubernetes.json', import.meta.url);
const schemas = JSON.parse(readFileSync(file, 'utf8')) as KubernetesSchemas;
// `int-or-string` and the like say nothing that the types do not say.
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: 'kubernetes', $defs: schemas.$defs });

/** The version of Kubernetes whose schemas these are. */
export const schemasVersion: string = schemas.version;

/** What Kubernetes' own schema has against an object: unknown fields, wrong types, fields that are missing. */
export function schemaViolations(object: { readonly apiVersion: string; readonly kind: string }): readonly string[] {
  const kind = `${object.apiVersion} ${object.kind}`;
  if (operatorKinds.has(kind)) return [];
  const name = checkedKinds[kind];
  if (name === undefined) return [`${kind} is a kind without a schema`];
  const validate = ajv.getSchema(`kubernetes#/$defs/${name}`);
  if (validate === undefined) throw new Error(`the schemas lack ${name}`);
  if (validate(object) === true) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}
