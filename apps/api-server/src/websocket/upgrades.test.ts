import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { connectRaw, type RawClient } from './testing/raw-client.ts';
import { startTestHub, type TestHub, testOrigin } from './testing/start-test-hub.ts';

describe('an upgrade', () => {
  let hub: TestHub;
  let clients: RawClient[] = [];
  before(async () => {
    hub = await startTestHub({
      settings: { connectionsMax: 8, connectionsPerUserMax: 2, connectionsPerAddressMax: 4 },
    });
  });
  after(() => hub.close());
  afterEach(async () => {
    hub.storeAway = false;
    for (const client of clients) client.socket.destroy();
    clients = [];
    while ((await hub.metric('clients')) > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  async function connect(headers: Record<string, string> = {}, path = '/'): Promise<RawClient> {
    const client = await connectRaw(hub.port, { headers, path });
    clients.push(client);
    return client;
  }

  const asUser = (user: string, session = `${user}-session`) => ({
    Origin: testOrigin,
    Cookie: `session=${user}/${session}`,
  });

  for (const [origin, why] of [
    ['null', 'the null origin'],
    ['', 'an empty origin'],
    [`${testOrigin}.evil.example`, 'an allowed one as prefix'],
    ['https://evil.example/trade.example.com', 'an allowed one in the path'],
    [`https://evil-trade.example.com`, 'an allowed one as suffix'],
    ['http://trade.example.com', 'another scheme'],
    [`${testOrigin}:8443`, 'another port'],
    [`${testOrigin}/`, 'a trailing slash'],
    [testOrigin.toUpperCase(), 'another case'],
    [`${testOrigin}, ${testOrigin}`, 'two origins'],
  ] as const) {
    it(`from ${why} is refused`, async () => {
      assert.equal((await connect({ Origin: origin })).status, 403);
    });
  }

  it('without an Origin is anonymous, whatever its cookies say', async () => {
    const { Cookie } = asUser('ann');
    const client = await connect({ Cookie });
    assert.equal(client.status, 101);
    hub.endSession('ann-session');
    client.say({ op: 'ping' });
    assert.equal((await client.frame(0)).type, 'pong');
  });

  it('from an allowed Origin belongs to the session of its cookies', async () => {
    const client = await connect(asUser('ann'));
    hub.endSession('ann-session');
    assert.equal(await client.closed(), 4401);
  });

  it('from an allowed Origin without a session is anonymous', async () => {
    assert.equal((await connect({ Origin: testOrigin })).status, 101);
  });

  it('to another path is refused', async () => {
    for (const path of ['/prices', '//', '/../', '/%2f', '/ws/']) assert.equal((await connect({}, path)).status, 404);
    for (const path of ['/?v=1', '/ws', '/ws?v=1']) assert.equal((await connect({}, path)).status, 101);
  });

  it('is refused while nobody can tell whose it is', async () => {
    hub.storeAway = true;
    assert.equal((await connect(asUser('ann'))).status, 503);
    assert.equal((await connect()).status, 101);
  });

  it('beyond the bound of a user is refused, until a place is free again', async () => {
    const first = await connect(asUser('ann', 'one'));
    assert.equal((await connect(asUser('ann', 'two'))).status, 101);
    assert.equal((await connect(asUser('ann', 'three'))).status, 429);
    assert.equal((await connect(asUser('bob'))).status, 101);
    first.socket.destroy();
    while ((await hub.metric('clients')) > 2) await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await connect(asUser('ann', 'three'))).status, 101);
  });

  it('beyond the bound of an address is refused to anonymous clients only', async () => {
    for (let count = 0; count < 4; count += 1) assert.equal((await connect()).status, 101);
    assert.equal((await connect()).status, 429);
    assert.equal((await connect(asUser('ann'))).status, 101);
  });

  it('beyond the bound of the server is refused', async () => {
    for (const user of ['ann', 'ann', 'bob', 'bob', 'cy', 'cy', 'di', 'di']) {
      assert.equal((await connect(asUser(user))).status, 101);
    }
    assert.equal((await connect()).status, 503);
  });

  it('that is malformed is refused and takes no place', async () => {
    for (let count = 0; count < 10; count += 1) {
      assert.equal((await connect({ 'Sec-WebSocket-Key': 'short' })).status, 400);
      assert.equal((await connect({ 'Sec-WebSocket-Version': '7' })).status, 400);
    }
    assert.equal((await connect()).status, 101);
  });

  it('is what this port wants', async () => {
    const response = await fetch(`http://127.0.0.1:${hub.port}/`);
    assert.equal(response.status, 426);
  });
});
