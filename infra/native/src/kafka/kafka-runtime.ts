import path from 'node:path';
import { ensureLibraries } from '../java/ensure-libraries.ts';
import { findJava } from '../java/find-java.ts';
import type { OnStep } from '../on-step.ts';

const POM = path.join(import.meta.dirname, 'pom.xml');

export interface KafkaRuntime {
  /** The program. */
  readonly java: string;
  /** The folder of Kafka's libraries. */
  readonly libraries: string;
}

/** Finds Java and the libraries when first asked, once for all brokers; a failure is not kept. */
export function kafkaRuntime(options: {
  readonly cacheDir: string;
  readonly onStep: OnStep;
  readonly signal: AbortSignal | undefined;
}): () => Promise<KafkaRuntime> {
  let finding: Promise<KafkaRuntime> | undefined;
  const find = async () => ({
    java: await findJava('Kafka'),
    libraries: await ensureLibraries({ ...options, what: 'Kafka', pom: POM }),
  });
  return () => {
    finding ??= find().catch((error: unknown) => {
      finding = undefined;
      throw error;
    });
    return finding;
  };
}
