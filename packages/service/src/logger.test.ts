import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { createLogger } from './logger.ts';

describe('createLogger', () => {
  it('writes a JSON line that names no secret', () => {
    const lines: string[] = [];
    const logger = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } });
    logger.child({ service: 'api-server' }).info(
      {
        email: 'ada@example.com',
        password: 'hunter2hunter2',
        body: { otp: '493817' },
        request: { headers: { cookie: 'access=x.y.z' } },
      },
      'sign-in',
    );
    logger.debug('not this');
    assert.equal(lines.length, 1);
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    assert.equal(line.msg, 'sign-in');
    assert.equal(line.service, 'api-server');
    assert.equal(line.email, 'ada@example.com');
    assert.doesNotMatch(lines[0] ?? '', /hunter2|493817|x\.y\.z/);
  });

  it('shows a person the important lines', async () => {
    const terminal = new PassThrough();
    const lines: string[] = [];
    const logger = createLogger({
      level: 'info',
      destination: { write: (line) => void lines.push(line) },
      terminal: { level: 'warn', stream: terminal },
    });
    logger.info('quiet');
    logger.warn('feed is silent');
    const shown = String((await terminal.iterator({ destroyOnReturn: false }).next()).value);
    assert.match(shown, /WARN.*feed is silent/);
    assert.doesNotMatch(shown, /quiet/);
    assert.equal(lines.length, 2);
  });
});
