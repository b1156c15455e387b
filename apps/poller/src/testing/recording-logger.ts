import { createLogger } from '@repo/service';

/** A logger whose lines the test can read. */
export function recordingLogger() {
  const messages: string[] = [];
  const logger = createLogger({
    level: 'debug',
    destination: { write: (line: string) => messages.push((JSON.parse(line) as { msg: string }).msg) },
  });
  return { logger, messages };
}
