import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ConfigError } from '@repo/service';
import { binanceCombinedFrame, recordedBackpackFrame } from '../testing/frames.ts';
import { checkReplayFile } from './check-replay-file.ts';

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'poller-check-'));
});

after(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const line = `1723161254024619568 ${binanceCombinedFrame('ETHUSDT', '2683.80', '2683.81', 1)}\n`;

test('recordings of both exchanges pass, plain and compressed', async () => {
  await checkReplayFile(await file('plain', line));
  await checkReplayFile(await file('compressed', gzipSync(line)));
  await checkReplayFile(await file('backpack', `1 ${recordedBackpackFrame}`));
});

test('everything else is one clear sentence', async () => {
  const cases: readonly [path: string, problem: RegExp][] = [
    [join(folder, 'absent'), /: there is no such file\.$/],
    [folder, /: it is a directory\.$/],
    [await file('empty', ''), /: the file is empty\.$/],
    [await file('empty.gz', gzipSync('')), /: the file is empty\.$/],
    [await file('prose', 'Call me Ishmael.\n'), /: its first line is not "<receive time in ns> <frame/],
    [await file('error', '1 {"code":1}\n'), /: its first line is not "<receive time in ns> <frame/],
    [await file('long', '1'.repeat(200_000)), /: it cannot be read \(a line is longer than 65536 characters\)\.$/],
    [await file('damaged.gz', gzipSync(line).subarray(0, 20)), /: it cannot be read \(unexpected end of file\)\.$/],
    [await file('wrong.gz', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9])), /: it cannot be read \(.*\)\.$/],
  ];
  for (const [path, problem] of cases) {
    await assert.rejects(checkReplayFile(path), (error: unknown) => {
      assert.ok(error instanceof ConfigError, String(error));
      assert.ok(error.message.startsWith(`REPLAY_FILE is "${path}"`));
      assert.match(error.message, problem);
      return true;
    });
  }
});
