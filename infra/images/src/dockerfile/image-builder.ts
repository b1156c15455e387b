import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildContext } from './build-context.ts';
import type { Image } from './image.ts';
import type { Stage, Step } from './read-dockerfile.ts';

const run = promisify(execFile);
const OUTPUT_MAX = 64 * 1024 * 1024;

export interface ImageBuilderOptions {
  readonly stages: readonly Stage[];
  /** The folder that is built from. */
  readonly context: string;
  /** Where the stages' folders are made. */
  readonly directory: string;
}

type BuildArguments = Readonly<Record<string, string>>;

/**
 * Builds stages of a Dockerfile without a container engine: each is a folder, and its commands run in there with this
 * Node in the place of the base image. They are those of the file, so what they forget is missing here too. Nothing
 * keeps them from the rest of the machine: the file must use relative paths in its commands.
 */
export class ImageBuilder {
  readonly #options: ImageBuilderOptions;
  /** By the stage and the arguments that it and those below it read. */
  readonly #built = new Map<string, Promise<Image>>();
  #context: Promise<readonly string[]> | undefined;

  constructor(options: ImageBuilderOptions) {
    this.#options = options;
  }

  /** @throws Error when a command fails, with the end of its output. */
  build(name: string, given: BuildArguments = {}): Promise<Image> {
    const stage = this.#stage(name);
    const read = new Set(this.#argumentsReadBy(stage));
    const used = Object.fromEntries(Object.entries(given).filter(([argument]) => read.has(argument)));
    const key = JSON.stringify([name, used]);
    const image = this.#built.get(key) ?? this.#build(stage, used);
    this.#built.set(key, image);
    return image;
  }

  async #build(stage: Stage, given: BuildArguments): Promise<Image> {
    const root = await mkdtemp(path.join(this.#options.directory, `${stage.name}-`));
    await chmod(root, 0o755);
    let image: Image = {
      root,
      workdir: '/',
      variables: {},
      user: undefined,
      healthcheck: undefined,
      command: undefined,
    };
    if (this.#has(stage.base)) {
      const base = await this.build(stage.base, given);
      // Hard links: no command changes a file that a stage below it made.
      await run('cp', ['-al', `${base.root}/.`, root]);
      image = { ...base, root };
    }
    const values: Record<string, string> = {};
    for (const step of stage.steps) {
      const expanded = (text: string) => expand(text, { ...values, ...image.variables });
      if (step.kind === 'ARG') values[step.name] = given[step.name] ?? '';
      else if (step.kind === 'COPY') await this.#copy(step, image, given);
      else if (step.kind === 'RUN') await runCommand(step.command, image, values);
      else if (step.kind === 'WORKDIR') image = await enter(image, expanded(step.path));
      else if (step.kind === 'ENV') image = { ...image, variables: { ...image.variables, ...step.variables } };
      else if (step.kind === 'USER') image = { ...image, user: step.user };
      else if (step.kind === 'HEALTHCHECK') image = { ...image, healthcheck: step.command };
      else if (step.kind === 'CMD') image = { ...image, command: step.command };
    }
    return image;
  }

  async #copy(step: Extract<Step, { kind: 'COPY' }>, image: Image, given: BuildArguments): Promise<void> {
    const destination = path.join(image.root, path.resolve(image.workdir, step.destination));
    await mkdir(destination, { recursive: true });
    for (const source of step.sources) {
      if (step.from === undefined) await this.#copyFromContext(source, destination);
      else {
        const { root } = await this.build(step.from, given);
        // A link is replaced, not written through: its other end belongs to another stage.
        await run('cp', ['-a', '--remove-destination', `${path.join(root, source)}/.`, destination]);
      }
    }
  }

  async #copyFromContext(source: string, destination: string): Promise<void> {
    this.#context ??= buildContext(this.#options.context);
    const files = await this.#context;
    if (source !== '.' && !files.includes(source)) throw new Error(`COPY ${source}: .dockerignore leaves it out`);
    for (const file of source === '.' ? files : [source]) {
      const target = path.join(destination, source === '.' ? file : path.basename(file));
      await cp(path.join(this.#options.context, file), target, { force: true, verbatimSymlinks: true });
    }
  }

  #argumentsReadBy(stage: Stage): readonly string[] {
    const own = stage.steps.flatMap((step) => (step.kind === 'ARG' ? [step.name] : []));
    const below = [stage.base, ...stage.steps.flatMap((step) => (step.kind === 'COPY' ? (step.from ?? []) : []))];
    return [...own, ...below.flatMap((name) => (this.#has(name) ? this.#argumentsReadBy(this.#stage(name)) : []))];
  }

  #has(name: string): boolean {
    return this.#options.stages.some((stage) => stage.name === name);
  }

  #stage(name: string): Stage {
    const stage = this.#options.stages.find((one) => one.name === name);
    if (stage === undefined) throw new Error(`there is no stage ${name}`);
    return stage;
  }
}

async function enter(image: Image, directory: string): Promise<Image> {
  const workdir = path.resolve(image.workdir, directory);
  await mkdir(path.join(image.root, workdir), { recursive: true });
  return { ...image, workdir };
}

async function runCommand(command: string, image: Image, values: BuildArguments): Promise<void> {
  const prefix = path.join(image.root, 'usr/local');
  const env = {
    ...inherited(),
    ...values,
    ...image.variables,
    // Where the official image of Node has them.
    npm_config_prefix: prefix,
    PATH: [path.join(prefix, 'bin'), path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
  };
  const cwd = path.join(image.root, image.workdir);
  try {
    await run('/bin/sh', ['-c', command], { cwd, env, maxBuffer: OUTPUT_MAX });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`RUN ${command}\n${`${stdout}${stderr}`.slice(-4_000)}`, { cause: error });
  }
}

/** How this machine reaches the package registry, and where it keeps what it has fetched. Nothing else. */
function inherited(): Record<string, string> {
  const names =
    /^(?:HOME|TMPDIR|npm_config_(?:registry|cache|userconfig|globalconfig)|.*_proxy|.*CA_(?:BUNDLE|CERTS)|SSL_CERT.*)$/i;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      names.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}

function expand(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)\}|\$(\w+)/g, (_, braced: string, bare: string) => values[braced ?? bare] ?? '');
}
