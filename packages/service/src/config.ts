import { z } from 'zod';

/** A setting is missing or wrong. The message is one clear sentence for each, ready for the terminal. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings from the environment. Keys of the schema are the names of the variables; an empty variable counts
 * as absent.
 *
 * @throws ConfigError naming each variable that is wrong, its value unless it is secret, and what it should be.
 */
export function loadConfig<S extends z.ZodObject>(schema: S, environment: Environment): z.infer<S> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const value = environment[name]?.trim();
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues
      .map((issue) => {
        const name = String(issue.path[0]);
        const value = given[name];
        if (value === undefined) return `${name} is not set: ${issue.message}.`;
        return isSecretName(name) ? `${name} is wrong: ${issue.message}.` : `${name} is "${value}": ${issue.message}.`;
      })
      .join('\n'),
  );
}

function isSecretName(name: string): boolean {
  return /SECRET|PASSWORD|TOKEN|KEY|_URL$/.test(name);
}

/** A TCP port from a variable. */
export function portSetting(fallback: number) {
  const message = 'it must be a port from 1 to 65535';
  return z
    .string()
    .regex(/^[0-9]{1,5}$/, message)
    .transform(Number)
    .pipe(z.int().min(1, message).max(65_535, message))
    .default(fallback);
}

/** A whole number within bounds from a variable. */
export function integerSetting(fallback: number, min: number, max: number) {
  const message = `it must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^-?[0-9]{1,15}$/, message)
    .transform(Number)
    .pipe(z.int().min(min, message).max(max, message))
    .default(fallback);
}

/** `true` or `false` from a variable. */
export function booleanSetting(fallback: boolean) {
  return z
    .enum(['true', 'false'], 'it must be true or false')
    .transform((text) => text === 'true')
    .default(fallback);
}

/** A comma-separated list from a variable. */
export function listSetting(fallback: readonly string[]) {
  return z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .default([...fallback]);
}

/** A secret: from the environment, at least 32 characters. */
export function secretSetting() {
  const message = 'a secret of at least 32 characters is needed';
  return z.string(message).min(32, message).meta({ secret: true, hint: 'npm run --silent secrets' });
}
