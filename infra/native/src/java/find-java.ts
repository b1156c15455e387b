import path from 'node:path';
import { InfraError } from '../infra-error.ts';
import { runTool } from '../process/run-tool.ts';

const VERSION_MIN = 17;

/**
 * @param what for whom, in the sentence of the error: `Kafka`.
 * @returns the program `java`, that of `JAVA_HOME` or the first on the path.
 * @throws InfraError below version 17.
 */
export async function findJava(what: string): Promise<string> {
  const home = process.env.JAVA_HOME;
  const java = home === undefined || home === '' ? 'java' : path.join(home, 'bin', 'java');
  const { ok, output } = await runTool(java, ['-version']);
  const version = Number(/version "(\d+)/.exec(output)?.[1] ?? 0);
  if (ok && version >= VERSION_MIN) return java;
  const found = version > 0 ? `found ${version}` : 'found none';
  throw new InfraError(
    `${what} needs Java ${VERSION_MIN} or later and ${found}: install it (on Debian: apt-get install openjdk-17-jre-headless), or name its folder with JAVA_HOME=….`,
  );
}
