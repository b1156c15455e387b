import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ensureLibraries, findJava, InfraError } from '@repo/infra-native';
import { schemasVersion } from '../schemas/schema-violations.ts';

const FOLDER = import.meta.dirname;
const CACHE_DIR = path.join(FOLDER, '../../../../.infra/cache');

/** Helm said no; the message is its own. */
export class HelmRefusal extends Error {
  override readonly name = 'HelmRefusal';
}

export type HelmCommand = 'lint' | 'template' | 'notes';

export interface Helm {
  /**
   * @returns what Helm says: of `template` the objects in YAML.
   * @throws HelmRefusal
   */
  run(command: HelmCommand, chart: string, ...valuesFiles: readonly string[]): Promise<string>;
  stop(): void;
}

/**
 * Helm itself, as a Java library that Maven fetches, in a process of its own. For the distributed tests, which need
 * Java and Maven anyway.
 *
 * @throws InfraError when Java or Maven is absent.
 */
export async function startHelm(): Promise<Helm> {
  const java = await findJava('Helm');
  const pom = path.join(FOLDER, 'pom.xml');
  const libraries = await ensureLibraries({ what: 'Helm', pom, cacheDir: CACHE_DIR, onStep: () => undefined });
  const program = ['-cp', path.join(libraries, '*'), path.join(FOLDER, 'Helm.java')];
  // Helm reads a kubeconfig if there is one; nothing here is for a cluster.
  const env = { ...process.env, KUBECONFIG: '/dev/null' };
  const child = spawn(java, program, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const waiting: PromiseWithResolvers<string>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [state, text = ''] = line.split('\t');
    const answer = Buffer.from(text, 'base64').toString('utf8');
    if (state === 'ok') waiting.shift()?.resolve(answer);
    else waiting.shift()?.reject(new HelmRefusal(answer));
  });
  child.on('close', () => {
    for (const { reject } of waiting) reject(new InfraError(explain(complaint)));
  });
  child.stdin.on('error', () => undefined); // its end rejects what waits
  return {
    run: (command, chart, ...valuesFiles) => {
      const answer = Promise.withResolvers<string>();
      if (child.exitCode !== null) answer.reject(new InfraError(explain(complaint)));
      else waiting.push(answer);
      child.stdin.write(`${[command, chart, schemasVersion, ...valuesFiles].join('\t')}\n`);
      return answer.promise;
    },
    stop: () => child.stdin.end(),
  };
}

function explain(complaint: string): string {
  if (complaint.includes('jdk.compiler')) {
    return 'Helm needs a Java with its compiler: install it (on Debian: apt-get install openjdk-17-jdk-headless).';
  }
  return `Helm ended: ${complaint.slice(-2000)}`;
}
