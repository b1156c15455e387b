import { ConfigError } from '@repo/service';
import { readLines } from './read-lines.ts';
import { readRecordedLine } from './recorded-line.ts';

/** @throws ConfigError in one sentence when the file cannot be opened or does not begin like a recording. */
export async function checkReplayFile(path: string): Promise<void> {
  const refuse = (problem: string) => new ConfigError(`REPLAY_FILE is "${path}": ${problem}.`);
  let first: string | undefined;
  try {
    for await (const lines of readLines(path)) {
      first = lines[0];
      if (first !== undefined) break;
    }
  } catch (error) {
    throw refuse(problemOf(error));
  }
  if (first === undefined) throw refuse('the file is empty');
  if (readRecordedLine(first)?.frame.kind !== 'quote') {
    throw refuse('its first line is not "<receive time in ns> <frame of Backpack or Binance>"');
  }
}

function problemOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a directory';
  if (code === 'EACCES') return 'it may not be read';
  return `it cannot be read (${error instanceof Error ? error.message : String(error)})`;
}
