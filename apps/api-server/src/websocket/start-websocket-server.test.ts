import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectRaw } from './testing/raw-client.ts';
import { startTestHub, type TestHub } from './testing/start-test-hub.ts';

describe('a subscription', () => {
  let hub: TestHub;
  before(async () => {
    hub = await startTestHub();
  });
  after(() => hub.close());

  it('begins with a snapshot and goes on with updates in sequence', async () => {
    await hub.quote('SOL_USDC');
    const client = await connectRaw(hub.port);
    client.subscribe('prices');
    const snapshot = await client.frame(0);
    await hub.quote('SOL_USDC', { price: 123 });
    const update = await client.frame(1);
    assert.ok(snapshot.type === 'snapshot' && snapshot.channel === 'prices');
    assert.ok(update.type === 'update' && update.channel === 'prices');
    assert.equal(snapshot.data[0]?.asset, 'SOL_USDC');
    assert.equal(update.sequence, snapshot.sequence + 1);
    assert.equal(update.data[0]?.price, 123);
    client.socket.destroy();
  });
});
