import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { connectRaw, type RawClient } from './testing/raw-client.ts';
import { startTestHub, type TestHub, testOrigin } from './testing/start-test-hub.ts';

describe('connections of a session', () => {
  let hub: TestHub;
  beforeEach(async () => {
    hub = await startTestHub({ settings: { sessionCheckIntervalMs: 20, sessionUnknownMsMax: 200 } });
  });
  afterEach(() => hub.close());

  async function connect(user: string, session: string): Promise<RawClient> {
    const client = await connectRaw(hub.port, {
      headers: { Origin: testOrigin, Cookie: `session=${user}/${session}` },
    });
    client.subscribe('prices');
    await client.frame(0);
    return client;
  }

  async function assertServed(client: RawClient): Promise<void> {
    const seen = client.frames.length;
    client.say({ op: 'ping' });
    assert.equal((await client.frame(seen)).type, 'pong');
    client.socket.destroy();
  }

  it('end with it, at once where it is known, and no others do', async () => {
    const [first, second] = [await connect('ann', 'one'), await connect('ann', 'one')];
    const [other, anonymous] = [await connect('ann', 'two'), await connectRaw(hub.port)];
    hub.endSession('one');
    assert.deepEqual(await Promise.all([first.closed(), second.closed()]), [4401, 4401]);
    await assertServed(other);
    await assertServed(anonymous);
  });

  it('end when a look finds that it is over', async () => {
    const [one, other] = [await connect('ann', 'one'), await connect('bob', 'two')];
    hub.endedSessions.add('one');
    assert.equal(await one.closed(), 4401);
    await assertServed(other);
  });

  it('outlive a short absence of the session store', async () => {
    const client = await connect('ann', 'one');
    const checks = hub.sessionChecks;
    hub.storeAway = true;
    while (hub.sessionChecks < checks + 2) await new Promise((resolve) => setTimeout(resolve, 5));
    hub.storeAway = false;
    while (hub.sessionChecks < checks + 15) await new Promise((resolve) => setTimeout(resolve, 5));
    await assertServed(client);
  });

  it('end when nobody can tell for long whether it is over; anonymous ones do not', async () => {
    const [client, anonymous] = [await connect('ann', 'one'), await connectRaw(hub.port)];
    hub.storeAway = true;
    assert.equal(await client.closed(), 1013);
    await assertServed(anonymous);
  });

  it('cost one look for all of them', async () => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => connect('ann', 'one')));
    const checks = hub.sessionChecks;
    // Looks come in rounds: with one session, each round is one.
    const round = await new Promise<number>((resolve) => {
      const timer = setInterval(() => {
        if (hub.sessionChecks === checks) return;
        clearInterval(timer);
        resolve(hub.sessionChecks - checks);
      }, 1);
    });
    assert.equal(round, 1);
    for (const client of clients) client.socket.destroy();
  });
});
