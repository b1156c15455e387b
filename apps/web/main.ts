import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '@repo/service';
import { serverConfigSchema } from './src/settings/server-config.ts';

/** Starts Next.js in a server of our own: ports and addresses are settings of the start, not of the build. */
async function main(): Promise<void> {
  stopWithParent();
  process.on('SIGTERM', () => process.exit(0));
  const dev = process.argv.includes('--dev') || process.env.NODE_ENV === 'development';
  const config = loadConfig(serverConfigSchema, { ...(dev ? besideStandalone() : {}), ...process.env });
  // Pages read these again at each request.
  Object.assign(process.env, {
    NODE_ENV: dev ? 'development' : 'production',
    API_URL: config.API_URL,
    API_INTERNAL_URL: config.API_INTERNAL_URL ?? config.API_URL,
    WS_URL: config.WS_URL,
    PROFILE: config.PROFILE,
  });
  const server = createServer();
  await listen(server, config.HOST, config.WEB_PORT);
  if (!dev && !existsSync(join(import.meta.dirname, '.next/BUILD_ID'))) {
    throw new ConfigError('The web app is not built: run `bun run build` first.');
  }
  const { default: next } = await import('next');
  const app = next({ dev, dir: import.meta.dirname, hostname: config.HOST, port: config.WEB_PORT, httpServer: server });
  const prepared = app.prepare().then(() => app.getRequestHandler());
  server.on('request', (request, response) => void prepared.then((handle) => handle(request, response)));
  await prepared;

  process.send?.({ type: 'ready' });
  if (process.send === undefined) process.stdout.write(`web is ready: http://localhost:${config.WEB_PORT}\n`);
}

/** Development happens beside the standalone services, whose ports come from the same environment. */
function besideStandalone(): Record<string, string> {
  const { HTTP_PORT, WS_PORT } = process.env;
  return {
    PROFILE: 'standalone',
    API_URL: `http://localhost:${HTTP_PORT || 3001}`,
    WS_URL: `ws://localhost:${WS_PORT || 8080}`,
  };
}

function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') reject(new ConfigError(`WEB_PORT is "${port}": that port is in use.`));
      else if (error.code === 'EACCES') reject(new ConfigError(`WEB_PORT is "${port}": that port needs privileges.`));
      else reject(new ConfigError(`HOST is "${host}": cannot listen there (${error.message}).`));
    });
    server.listen(port, host, resolve);
  });
}

/** As a child process: the parent orders the stop, and its death is one. */
function stopWithParent(): void {
  if (process.send === undefined) return;
  process.on('disconnect', () => process.exit(0));
  process.on('SIGINT', () => {});
}

main().catch((error: unknown) => {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
