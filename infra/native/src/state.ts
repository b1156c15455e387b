import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { InfraError } from './infra-error.ts';
import type { ServerPorts } from './ports.ts';

const portSchema = z.int().min(1).max(65_535);
const stateSchema = z.object({
  ports: z.object({
    kafka: z.array(z.object({ client: portSchema, controller: portSchema })).min(1),
    redis: portSchema,
    postgres: portSchema,
    smtp: portSchema,
    smtpPage: portSchema,
  }),
});

/** The folders of one set of servers. */
export class StateDirectory {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = path.resolve(directory);
  }

  /** Makes the folders that are missing. */
  async create(): Promise<void> {
    // Others may pass through, for PostgreSQL's user has its data below; they may not look around.
    for (const folder of ['.', 'data', 'logs', 'pids'])
      await mkdir(path.join(this.directory, folder), { recursive: true, mode: 0o711 });
  }

  data(name: string): string {
    return path.join(this.directory, 'data', name);
  }

  get logs(): string {
    return path.join(this.directory, 'logs');
  }

  log(name: string): string {
    return path.join(this.logs, `${name}.log`);
  }

  pid(name: string): string {
    return path.join(this.directory, 'pids', `${name}.json`);
  }

  get environmentFile(): string {
    return path.join(this.directory, 'environment');
  }

  /** @returns the ports chosen before, or `undefined` where nothing was started yet. */
  async readPorts(): Promise<ServerPorts | undefined> {
    let text: string;
    try {
      text = await readFile(this.#stateFile, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      return stateSchema.parse(JSON.parse(text)).ports;
    } catch (error) {
      throw new InfraError(`${this.#stateFile} is damaged: remove it, the data stay.`, { cause: error });
    }
  }

  async writePorts(ports: ServerPorts): Promise<void> {
    const unfinished = `${this.#stateFile}.unfinished`;
    await writeFile(unfinished, `${JSON.stringify({ ports }, undefined, 2)}\n`);
    await rename(unfinished, this.#stateFile);
  }

  /** Forgets everything but the logs. Only for when no server runs. */
  async forgetData(): Promise<void> {
    await rm(path.join(this.directory, 'data'), { recursive: true, force: true });
    for (const file of [this.#stateFile, this.environmentFile]) await rm(file, { force: true });
  }

  get #stateFile(): string {
    return path.join(this.directory, 'state.json');
  }
}
