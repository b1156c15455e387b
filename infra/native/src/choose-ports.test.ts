import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { ConfigError } from '@repo/service';
import { choosePorts } from './choose-ports.ts';
import { InfraError } from './infra-error.ts';
import { HOST } from './ports.ts';

describe('choosing ports', () => {
  it('takes the defaults', async () => {
    assert.deepEqual(await choosePorts({}, undefined, undefined), {
      kafka: [{ client: 9092, controller: 9093 }],
      redis: 16379,
      postgres: 15432,
      smtp: 1025,
      smtpPage: 8025,
    });
  });

  it('gives each broker two ports', async () => {
    const { kafka } = await choosePorts({ KAFKA_PORT: 7000 }, undefined, 3);
    assert.deepEqual(kafka, [
      { client: 7000, controller: 7001 },
      { client: 7002, controller: 7003 },
      { client: 7004, controller: 7005 },
    ]);
  });

  it('keeps those of before but for the ones that are named', async () => {
    const before = await choosePorts({ KAFKA_PORT: 7000, REDIS_PORT: 7100 }, undefined, 1);
    assert.deepEqual(await choosePorts({}, before, undefined), before);
    assert.deepEqual(await choosePorts('free', before, 1), before);
    assert.deepEqual(await choosePorts({ REDIS_PORT: 7200 }, before, 1), { ...before, redis: 7200 });
  });

  it('refuses one port for two servers', async () => {
    await assert.rejects(choosePorts({ REDIS_PORT: 9093 }, undefined, 1), (error: Error) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(error.message, 'REDIS_PORT and KAFKA_PORT both need port 9093: move one of them.');
      return true;
    });
  });

  it('refuses another number of brokers than the data have', async () => {
    const before = await choosePorts({}, undefined, 3);
    await assert.rejects(choosePorts({}, before, 1), InfraError);
    assert.equal((await choosePorts({}, before, undefined)).kafka.length, 3);
  });

  it('finds free ones, each another, below those of outgoing connections', async () => {
    const { kafka, redis, postgres, smtp, smtpPage } = await choosePorts('free', undefined, 3);
    const ports = [...kafka.flatMap(({ client, controller }) => [client, controller]), redis, postgres, smtp, smtpPage];
    assert.equal(new Set(ports).size, 10);
    for (const port of ports) {
      assert.ok(port >= 20_000 && port < 32_000, `port ${port}`);
      const server = createServer();
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, HOST, resolve));
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
