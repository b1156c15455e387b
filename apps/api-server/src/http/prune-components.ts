import type { SwaggerTransformObject } from '@fastify/swagger';

export type OpenApiDocument = Extract<ReturnType<SwaggerTransformObject>, { components?: unknown }>;

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;

/** Leaves out the component schemas that nothing refers to: every named schema has a form for input and for output. */
export function pruneComponents(document: OpenApiDocument): OpenApiDocument {
  const schemas: Record<string, unknown> = document.components?.schemas ?? {};
  const used = new Set<string>();
  const waiting: unknown[] = [document.paths];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [, name = ''] of JSON.stringify(next).matchAll(REFERENCE)) {
      if (used.has(name)) continue;
      used.add(name);
      waiting.push(schemas[name]);
    }
  }
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  return { ...document, components: { ...document.components, schemas: kept } } as OpenApiDocument;
}
