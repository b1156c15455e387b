import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLogger } from './logger.ts';
import { Shutdown } from './shutdown.ts';

describe('Shutdown', () => {
  it('stops in reverse, once, past a step that fails', async () => {
    const lines: string[] = [];
    const shutdown = new Shutdown(
      createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } }),
    );
    const order: string[] = [];
    for (const name of ['database', 'kafka', 'api']) {
      shutdown.add(name, async () => {
        order.push(name);
        if (name === 'kafka') throw new Error('stuck partition');
      });
    }
    assert.equal(shutdown.started, false);
    await Promise.all([shutdown.run(), shutdown.run()]);
    assert.deepEqual(order, ['api', 'kafka', 'database']);
    assert.equal(shutdown.started, true);
    assert.match(lines.join(''), /stuck partition/);
  });
});
