import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { startRedisProcess } from './testing/redis-process.ts';

const run = promisify(execFile);
const adapter = new URL('./create-server-redis.ts', import.meta.url).href;

it('speaks TLS, and only to a server whose certificate it trusts', async (test) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'redis-tls-'));
  test.after(() => rm(directory, { recursive: true, force: true }));
  const [key, certificate] = [path.join(directory, 'key.pem'), path.join(directory, 'certificate.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  await run('openssl', [
    'req',
    '-x509',
    '-nodes',
    ...curve,
    ...subject,
    '-days',
    '1',
    '-keyout',
    key,
    '-out',
    certificate,
  ]);
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
  const server = await startRedisProcess((port) => [
    '--port',
    '0',
    '--tls-port',
    String(port),
    '--tls-auth-clients',
    'no',
    ...files,
  ]);
  test.after(() => server.close());

  // Node reads what it trusts when it starts.
  const ping = (environment: NodeJS.ProcessEnv) =>
    run(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { createServerRedis } from '${adapter}';
        const redis = createServerRedis({ url: 'rediss://localhost:${server.port}' });
        await redis.ping().then(() => console.log('answered'), (error) => console.log(error.message));
        await redis.close();`,
      ],
      { env: { ...process.env, ...environment } },
    );
  assert.match((await ping({ NODE_EXTRA_CA_CERTS: certificate })).stdout, /^answered$/m);
  assert.match((await ping({})).stdout, /self-signed certificate/);
});
