import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from './free-ports.ts';

const program = join(import.meta.dirname, 'testing/sample-service.ts');
const children = new Set<ChildProcess>();

async function start(environment: Readonly<Record<string, string>>) {
  const port = await findFreePort();
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, INTERNAL_PORT: String(port), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (complaint += text));
  const closed = once(child, 'close');
  return {
    child,
    readiness: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status,
    ended: async () => {
      const [code] = (await closed) as [number | null];
      return { code, output, complaint: complaint.trim() };
    },
  };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; ) {
    if (await condition().catch(() => false)) return;
    await sleep(20);
  }
  throw new Error('it did not come true in 20 s');
}

describe('runService', () => {
  after(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  it('answers before it is ready, and stops in order at a signal', async () => {
    const { child, readiness, ended } = await start({ SAMPLE: 'starts' });
    const seen: number[] = [];
    await until(async () => {
      seen.push(await readiness());
      return seen.at(-1) === 200;
    });
    assert.equal(seen[0], 503);
    child.kill('SIGTERM');
    const { code, output } = await ended();
    assert.equal(code, 0);
    const told = output
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    assert.deepEqual(told, ['starting', 'ready', 'stopping', 'put down', 'let go', 'stopped']);
  });

  it('stops while it is starting', async () => {
    const { child, readiness, ended } = await start({ SAMPLE: 'starts' });
    await until(async () => (await readiness()) === 503);
    child.kill('SIGTERM');
    assert.equal((await ended()).code, 0);
  });

  it('logs a crash and ends with code 70', async () => {
    const { ended } = await start({ SAMPLE: 'crashes' });
    const { code, output } = await ended();
    assert.equal(code, 70);
    assert.match(output, /"level":60.*a bug.*"msg":"crashed"/);
  });

  it('says in a sentence what is wrong with its settings', async () => {
    for (const [environment, sentence] of [
      [{ SAMPLE: 'refuses' }, 'sample cannot start. SAMPLE is "refuses": it must not.'],
      [
        { LOG_LEVEL: 'loud' },
        'sample cannot start. LOG_LEVEL is "loud": it must be trace, debug, info, warn or error.',
      ],
    ] as const) {
      const { code, complaint } = await (await start(environment)).ended();
      assert.equal(code, 1);
      assert.equal(complaint, sentence);
    }
  });

  it('says which port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, complaint } = await (await start({ INTERNAL_PORT: String(port) })).ended();
    server.close();
    assert.equal(code, 1);
    assert.match(complaint, new RegExp(`Port ${port} is in use by another program.*INTERNAL_PORT`));
  });
});
