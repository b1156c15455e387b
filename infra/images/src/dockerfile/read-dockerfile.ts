import { type Copy, DockerfileParser, type Healthcheck, type Instruction, type Run } from 'dockerfile-ast';

/** An instruction, as the builder needs it. */
export type Step =
  | { readonly kind: 'ARG'; readonly name: string }
  | {
      readonly kind: 'COPY';
      readonly from: string | undefined;
      readonly sources: readonly string[];
      readonly destination: string;
    }
  | { readonly kind: 'RUN'; readonly command: string; readonly cacheTargets: readonly string[] }
  | { readonly kind: 'ENV'; readonly variables: Readonly<Record<string, string>> }
  | { readonly kind: 'WORKDIR'; readonly path: string }
  | { readonly kind: 'USER'; readonly user: string }
  | { readonly kind: 'HEALTHCHECK'; readonly command: readonly string[] }
  | { readonly kind: 'CMD'; readonly command: readonly string[] }
  | { readonly kind: 'LABEL'; readonly text: string }
  | { readonly kind: 'EXPOSE'; readonly text: string }
  | { readonly kind: 'STOPSIGNAL'; readonly text: string };

export interface Stage {
  readonly name: string;
  /** The name of a stage before it, or an image. */
  readonly base: string;
  readonly steps: readonly Step[];
}

/**
 * Reads the instructions that our own Dockerfile uses.
 *
 * @throws Error on any other: what the tests do not follow, they must not pass over.
 */
export function readDockerfile(text: string): readonly Stage[] {
  const stages: { name: string; base: string; steps: Step[] }[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const [base, as, name] = instruction.getArguments().map((argument) => argument.getValue());
      if (base === undefined || as?.toUpperCase() !== 'AS' || name === undefined) throw unknown(instruction);
      stages.push({ name, base, steps: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw unknown(instruction);
      stage.steps.push(readStep(instruction));
    }
  }
  return stages;
}

function readStep(instruction: Instruction): Step {
  const values = instruction.getArguments().map((argument) => argument.getValue());
  const [first = ''] = values;
  const kind = instruction.getKeyword();
  switch (kind) {
    case 'ARG':
      return { kind, name: first };
    case 'COPY': {
      const from = flagsOf(instruction as Copy, ['from'])[0];
      return { kind, from: from?.value, sources: values.slice(0, -1), destination: values.at(-1) ?? '' };
    }
    case 'RUN': {
      const mounts = flagsOf(instruction as Run, ['mount']).map(({ value }) => /^type=cache,target=(\S+)$/.exec(value));
      const cacheTargets = mounts.map((match) => match?.[1] ?? '');
      if (cacheTargets.includes('')) throw unknown(instruction);
      return { kind, command: withoutFlags(instruction), cacheTargets };
    }
    case 'ENV':
      return { kind, variables: Object.fromEntries(values.map(readVariable)) };
    case 'WORKDIR':
      return { kind, path: first };
    case 'USER':
      return { kind, user: first };
    case 'HEALTHCHECK':
      flagsOf(instruction as Healthcheck, ['interval', 'timeout', 'start-period', 'retries']);
      return { kind, command: readExecForm(withoutFlags(instruction).replace(/^CMD\s+/, '')) };
    case 'CMD':
      return { kind, command: readExecForm(withoutFlags(instruction)) };
    case 'LABEL':
    case 'EXPOSE':
    case 'STOPSIGNAL':
      return { kind, text: instruction.getArgumentsContent() ?? '' };
    default:
      throw unknown(instruction);
  }
}

function flagsOf(instruction: Copy | Run | Healthcheck, known: readonly string[]) {
  return instruction.getFlags().map((flag) => {
    if (!known.includes(flag.getName())) throw unknown(instruction);
    return { name: flag.getName(), value: flag.getValue() ?? '' };
  });
}

/** As it is written, with its line ends, which the shell reads too. */
function withoutFlags(instruction: Instruction): string {
  const raw = instruction.getRawArgumentsContent() ?? '';
  return raw.replace(/^(?:--\S+(?:\s|\\\n)+)+/, '');
}

function readVariable(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new Error(`ENV without a value: ${text}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** The form without a shell in between, which would take the signals. */
function readExecForm(text: string): readonly string[] {
  const command: unknown = JSON.parse(text);
  if (Array.isArray(command) && command.every((part) => typeof part === 'string')) return command;
  throw new Error(`not a list of words: ${text}`);
}

function unknown(instruction: Instruction): Error {
  return new Error(`the tests do not know this instruction: ${instruction.toString()}`);
}
