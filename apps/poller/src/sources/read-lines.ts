import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

const LINE_LENGTH_MAX = 65_536;

/**
 * The lines of a text file, plain or gzip, in batches as they come off the disk: memory does not grow with the file.
 * Empty lines are left out.
 *
 * @throws when the file cannot be read, its compression is damaged, or a line is longer than 64 Ki characters.
 */
export async function* readLines(path: string): AsyncGenerator<readonly string[]> {
  const compressed = await isGzip(path);
  const file = createReadStream(path);
  const stream = compressed ? file.pipe(createGunzip()) : file;
  // A pipe does not pass errors on: without this a vanished disk would hang the reader.
  if (stream !== file) file.on('error', (error) => stream.destroy(error));
  stream.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_LENGTH_MAX) throw new Error(`a line is longer than ${LINE_LENGTH_MAX} characters`);
      yield lines.map(withoutReturn).filter(isNotEmpty);
    }
    yield [withoutReturn(rest)].filter(isNotEmpty);
  } finally {
    file.destroy();
    stream.destroy();
  }
}

async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: new Uint8Array(2) });
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function isNotEmpty(line: string): boolean {
  return line !== '';
}
