import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, type Environment } from './config.ts';
import { generateSealingKeys } from './sealing.ts';

const RANDOM_SECRETS = [
  'JWT_SECRET',
  'REFRESH_SECRET',
  'OTP_SECRET',
  'DB_PROCESSOR_PASSWORD',
  'API_SERVER_PASSWORD',
  'POLLER_PASSWORD',
  'TRADING_ENGINE_PASSWORD',
] as const;

/** Every secret of an installation, by the names of their variables. */
export const secretNames = [...RANDOM_SECRETS, 'SEALING_PUBLIC_KEY', 'SEALING_PRIVATE_KEY'] as const;

export type SecretName = (typeof secretNames)[number];
export type Secrets = Readonly<Record<SecretName, string>>;

/**
 * The installation's own secrets: made at the first start, kept in `secrets.json` (mode 0600) of the data directory.
 * A variable of the same name wins over the file.
 */
export async function loadSecrets(dataDir: string, environment: Environment): Promise<Secrets> {
  const path = join(dataDir, 'secrets.json');
  const kept = await readSecrets(path);
  const complete = { ...(await createSecrets()), ...kept };
  if (Object.keys(complete).some((name) => kept[name as SecretName] === undefined)) await writeSecrets(path, complete);
  const names = Object.keys(complete) as SecretName[];
  return Object.fromEntries(names.map((name) => [name, environment[name] || complete[name]])) as Secrets;
}

/** New values for every secret of an installation. */
export async function createSecrets(): Promise<Secrets> {
  const { publicKey, privateKey } = await generateSealingKeys();
  const random = Object.fromEntries(RANDOM_SECRETS.map((name) => [name, randomBytes(32).toString('base64url')]));
  return {
    ...(random as Record<(typeof RANDOM_SECRETS)[number], string>),
    SEALING_PUBLIC_KEY: publicKey,
    SEALING_PRIVATE_KEY: privateKey,
  };
}

async function readSecrets(path: string): Promise<Partial<Secrets>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new ConfigError(`The secrets in ${path} cannot be read: ${(error as Error).message}.`);
  }
  try {
    return JSON.parse(text) as Partial<Secrets>;
  } catch {
    throw new ConfigError(`${path} is damaged (not JSON); restore it, or remove it and every session ends.`);
  }
}

// Written beside and renamed, so that a kill in between leaves the old file or the new one, never half of one.
async function writeSecrets(path: string, secrets: Secrets): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
}
