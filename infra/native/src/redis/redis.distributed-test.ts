import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';
import { type RunningServers, startServers } from '../index.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';

describe('Redis', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let servers: RunningServers;

  before(async () => {
    temporary = await temporaryDirectory();
    servers = await startServers({ stateDir: temporary.directory, ports: 'free', servers: ['redis'] });
  });
  beforeEach(() => servers.redis.start());
  after(async () => {
    await servers.stop();
    await temporary[Symbol.asyncDispose]();
  });

  const createUser = () =>
    createClient({ url: servers.redis.address, socket: { reconnectStrategy: false } }).on('error', () => undefined);

  async function ask<T>(question: (client: ReturnType<typeof createUser>) => Promise<T>): Promise<T> {
    const client = createUser();
    const answer = client.connect().then(() => question(client));
    try {
      // The client itself waits for ever for the greeting of a server that says nothing.
      return await Promise.race([
        answer,
        delay(1000, undefined, { ref: false }).then(() => Promise.reject(new Error('no answer'))),
      ]);
    } finally {
      client.destroy();
    }
  }

  it('is empty after a stop', async () => {
    await ask((client) => client.set('gone', 'soon'));
    await servers.redis.stop();
    assert.equal(await servers.redis.isRunning(), false);
    await assert.rejects(ask((client) => client.ping()));
    await servers.redis.start();
    assert.equal(await ask((client) => client.get('gone')), null);
  });

  it('comes back at the same address after it was killed', async () => {
    const { address } = servers.redis;
    await servers.redis.kill();
    await assert.rejects(ask((client) => client.ping()));
    await servers.redis.start();
    assert.equal(await ask((client) => client.ping()), 'PONG');
    assert.equal(servers.redis.address, address);
  });

  it('answers nothing while it is paused', async () => {
    await servers.redis.pause();
    await assert.rejects(ask((client) => client.ping()));
    await servers.redis.resume();
    assert.equal(await ask((client) => client.ping()), 'PONG');
  });

  it('writes nothing to disk, evicts nothing, and listens on this machine alone', async () => {
    assert.deepEqual(await ask((client) => client.configGet(['appendonly', 'bind', 'maxmemory-policy', 'save'])), {
      appendonly: 'no',
      bind: '127.0.0.1',
      'maxmemory-policy': 'noeviction',
      save: '',
    });
  });
});
