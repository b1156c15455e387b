// @vitest-environment node
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';

async function start(environment: Record<string, string>): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', ...environment },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

test.each([
  [{ WEB_PORT: '70000' }, 'WEB_PORT is "70000": it must be a port from 1 to 65535.\n'],
  [{ API_URL: 'ftp://x' }, 'API_URL is wrong: it must be a URL that starts with http:// or https://.\n'],
  [{ PROFILE: 'both' }, 'PROFILE is "both": it must be standalone or distributed.\n'],
])('refuses %j in one sentence', async (environment, sentence) => {
  expect(await start(environment as Record<string, string>)).toEqual({ code: 1, said: sentence });
});

test('says in one sentence that its port is taken', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const port = String((holder.address() as AddressInfo).port);
  expect(await start({ WEB_PORT: port })).toEqual({ code: 1, said: `WEB_PORT is "${port}": that port is in use.\n` });
  holder.close();
});
