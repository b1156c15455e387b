import { type FileHandle, open, rename } from 'node:fs/promises';

const LOG_BYTES_MAX = 20 * 1024 * 1024;

/** Opens a server's log to append to; one above 20 MB is put aside first. `start` is its size in bytes. */
export async function openServerLog(file: string): Promise<{ handle: FileHandle; start: number }> {
  const handle = await open(file, 'a', 0o640);
  const { size } = await handle.stat();
  if (size <= LOG_BYTES_MAX) return { handle, start: size };
  await handle.close();
  await rename(file, `${file}.1`);
  return { handle: await open(file, 'a', 0o640), start: 0 };
}

/** The text of a log from a byte on. */
export async function readLogFrom(file: string, start: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.max(0, size - start));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await handle.close();
  }
}
