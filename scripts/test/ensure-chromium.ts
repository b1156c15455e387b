import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SYSTEM_BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Makes sure there is a browser for the tests: the one named by `CHROMIUM_PATH`, the system's, Debian's package when
 * that can be installed, or else Playwright's own download.
 */
export async function ensureChromium(): Promise<void> {
  if (process.env.CHROMIUM_PATH !== undefined) return;
  if (!SYSTEM_BROWSERS.some((path) => existsSync(path)) && (await installFromDebian())) return;
  const system = SYSTEM_BROWSERS.find((path) => existsSync(path));
  if (system !== undefined) {
    process.env.CHROMIUM_PATH = system;
    return;
  }
  console.log('  installing a browser for the tests …');
  await run('npx', ['playwright', 'install', 'chromium'], { cwd: 'apps/web' });
}

async function installFromDebian(): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  console.log('  installing chromium with apt-get …');
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env: environment });
  await run('apt-get', ['install', '-y', '-q', 'chromium'], { env: environment, maxBuffer: 64 * 1024 * 1024 });
  process.env.CHROMIUM_PATH = '/usr/bin/chromium';
  return true;
}
