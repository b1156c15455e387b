import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const composeFile = path.join(import.meta.dirname, '../docker-compose.yml');

const ServiceSchema = z.object({
  image: z.string(),
  build: z
    .object({
      context: z.string(),
      dockerfile: z.string(),
      target: z.string(),
      args: z.record(z.string(), z.string()).default({}),
    })
    .optional(),
  user: z.string(),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  cap_add: z.array(z.string()).default([]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  restart: z.string(),
  logging: z.object({ options: z.object({ 'max-size': z.string(), 'max-file': z.string() }) }),
  healthcheck: z.union([z.object({ disable: z.literal(true) }), z.object({ test: z.array(z.string()) })]),
  deploy: z.object({
    replicas: z.int().default(1),
    resources: z.object({ limits: z.object({ cpus: z.string(), memory: z.string(), pids: z.int() }) }),
  }),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  ports: z.array(z.string()).default([]),
  command: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});

/** What every container must say here, whatever the format itself leaves open. */
const ComposeSchema = z.object({
  services: z.record(z.string(), ServiceSchema),
  networks: z.record(
    z.string(),
    z.object({
      internal: z.boolean().default(false),
      ipam: z.object({ config: z.array(z.object({ subnet: z.string() })) }).optional(),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});

export type Compose = z.infer<typeof ComposeSchema>;

/** @throws Error when the file is not YAML, has a key twice, or a container without its limits. */
export function readComposeFile(): Compose {
  return ComposeSchema.parse(parse(readFileSync(composeFile, 'utf8'), { merge: true, uniqueKeys: true }));
}
