import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type SecurityStack, startSecurityStack } from '../security/start-security-stack.ts';
import { installSchemathesis } from './schemathesis.ts';

/** Of what ends or replaces the session that the requests are made in. */
const sessionEnding = /\/(?:signin|verify-otp|refresh|logout)$/;

describe('whatever is sent to the API, no answer is a 5xx, and each is as the document says', () => {
  let stack: SecurityStack;
  before(async () => {
    stack = await startSecurityStack({ ORDERS_PER_SECOND: '100000' });
  });
  after(() => stack.stop());

  it('from somebody who is signed in', { timeout: 180_000 }, async (test) => {
    const browser = await stack.signedUp('fuzz@example.com');
    await writeFile(
      path.join(stack.dataDir, 'schemathesis.toml'),
      `[auth.openapi.session]\napi_key = "${browser.cookies.get('access')}"\n`,
    );
    test.diagnostic(await attack(20, ['--exclude-path-regex', sessionEnding.source]));
    assert.ok(((await browser.get('/api/v1/orders')).body as { items: [] }).items.length > 0, 'orders were placed');
    assert.equal((await browser.get('/api/v1/me')).status, 200, 'the session has lasted');
  });

  it('from anybody', { timeout: 180_000 }, async (test) => {
    test.diagnostic(await attack(5, []));
  });

  async function attack(seconds: number, options: readonly string[]): Promise<string> {
    const schemathesis = await installSchemathesis();
    if (schemathesis === undefined) throw new Error('Python 3.10 with venv is needed to fuzz the API');
    const seed = Math.floor(Math.random() * 2 ** 31);
    const command = [
      'run',
      `${stack.apiUrl}/openapi.json`,
      `--seed=${seed}`,
      `--max-time=${seconds}`,
      '--no-shrink',
      '--continue-on-failure',
      '--max-failures=10',
      '--warnings=off',
      '--suppress-health-check=all',
      '--exclude-checks=positive_data_acceptance,unsupported_method',
      `--header=origin: ${stack.webOrigin}`,
      ...options,
    ];
    try {
      const { stdout } = await promisify(execFile)(schemathesis, command, {
        cwd: stack.dataDir,
        maxBuffer: 64 * 1024 * 1024,
      });
      assert.match(stdout, /No issues found/);
      const count = (pattern: RegExp) => pattern.exec(stdout)?.[1] ?? '?';
      return `seed ${seed}: ${count(/Tested: +([0-9]+)/)} operations, ${count(/([0-9]+) generated/)} requests`;
    } catch (error) {
      const output = (error as { stdout?: string }).stdout ?? '';
      throw new Error(`seed ${seed}: ${output.slice(-12_000)}`, { cause: error });
    }
  }
});
