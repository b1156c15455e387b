import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connectRaw, opcodes, type RawClient, rawFrame } from './testing/raw-client.ts';
import { startTestHub, type TestHub } from './testing/start-test-hub.ts';

const { binary, close, continuation, ping, text } = opcodes;
const hello = '{"op":"ping"}';
const repeat = (count: number, bytes: Buffer) => Buffer.concat(Array.from({ length: count }, () => bytes));

const attacks: readonly (readonly [name: string, closeCode: number, bytes: Buffer])[] = [
  ['an unmasked frame', 1002, rawFrame({ opcode: text, payload: hello, masked: false })],
  ['the first reserved bit (compression)', 1002, rawFrame({ opcode: text, payload: hello, reserved: 4 })],
  ['the second reserved bit', 1002, rawFrame({ opcode: text, payload: hello, reserved: 2 })],
  ['the third reserved bit', 1002, rawFrame({ opcode: text, payload: hello, reserved: 1 })],
  ['a reserved data opcode', 1002, rawFrame({ opcode: 3, payload: hello })],
  ['a reserved control opcode', 1002, rawFrame({ opcode: 11 })],
  ['a fragmented ping', 1002, rawFrame({ opcode: ping, fin: false })],
  ['a long ping', 1002, rawFrame({ opcode: ping, payload: 'x'.repeat(126) })],
  ['a continuation of nothing', 1002, rawFrame({ opcode: continuation, payload: hello })],
  [
    'a message within a message',
    1002,
    Buffer.concat([rawFrame({ opcode: text, fin: false, payload: '{' }), rawFrame({ opcode: text, payload: hello })]),
  ],
  ['a close code nobody may use', 1002, rawFrame({ opcode: close, payload: Buffer.from([0x03, 0xed]) })],
  ['a close payload of one byte', 1002, rawFrame({ opcode: close, payload: Buffer.from([3]) })],
  ['bad UTF-8', 1007, rawFrame({ opcode: text, payload: Buffer.from([0x22, 0xc3, 0x28, 0x22]) })],
  ['an UTF-16 surrogate', 1007, rawFrame({ opcode: text, payload: Buffer.from([0xed, 0xa0, 0x80]) })],
  ['a binary frame', 1003, rawFrame({ opcode: binary, payload: hello })],
  ['a message of 1 MB', 1009, rawFrame({ opcode: text, payload: 'x'.repeat(1_000_000) })],
  ['the announcement of 2^62 bytes', 1009, Buffer.from([0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4])],
  [
    '1 MB in fragments',
    1009,
    Buffer.concat([
      rawFrame({ opcode: text, fin: false, payload: 'x'.repeat(1_000) }),
      repeat(1_000, rawFrame({ opcode: continuation, fin: false, payload: 'x'.repeat(1_000) })),
    ]),
  ],
  [
    'a flood of empty fragments',
    1008,
    Buffer.concat([
      rawFrame({ opcode: text, fin: false }),
      repeat(100_000, rawFrame({ opcode: continuation, fin: false })),
    ]),
  ],
  ['a flood of messages', 4429, repeat(1_000, rawFrame({ opcode: text, payload: hello }))],
  ['a flood of pings', 4429, repeat(1_000, rawFrame({ opcode: ping }))],
  ['a flood of nonsense, not fast enough to be one of messages', 1008, repeat(15, rawFrame({ opcode: text }))],
];

const nonsense: readonly (readonly [name: string, text: string])[] = [
  ['an empty message', ''],
  ['no JSON', '<subscribe/>'],
  ['half of it', '{"op":"ping"'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a number', '1e999'],
  ['an unknown op', '{"op":"publish"}'],
  ['no op', '{"channels":["prices"]}'],
  ['an unknown key', '{"op":"ping","admin":true}'],
  ['__proto__', '{"op":"ping","__proto__":{"admin":true}}'],
  ['constructor', '{"op":"ping","constructor":{"prototype":{}}}'],
  ['no channels', '{"op":"subscribe","channels":[]}'],
  ['33 channels', JSON.stringify({ op: 'subscribe', channels: Array.from({ length: 33 }, (_, n) => `c${n}`) })],
  ['channels that are none', '{"op":"subscribe","channels":[["prices"],{}]}'],
  ['channels as an object', '{"op":"subscribe","channels":{"0":"prices","length":1}}'],
  ['a long channel', JSON.stringify({ op: 'subscribe', channels: ['x'.repeat(101)] })],
  ['a long id', JSON.stringify({ op: 'ping', id: 'x'.repeat(65) })],
  ['depth', `${'['.repeat(8_000)}${']'.repeat(8_000)}`],
];

describe('the hub survives', () => {
  let hub: TestHub;
  const clients: RawClient[] = [];
  let witness: RawClient;
  before(async () => {
    hub = await startTestHub({ settings: { closeTimeoutMs: 50 } });
    witness = await connectRaw(hub.port);
    witness.subscribe('prices');
    await witness.frame(0);
  });
  after(async () => {
    for (const client of clients) client.socket.destroy();
    // Whatever was tried, the one who did nothing wrong is still served.
    const seen = witness.frames.length;
    await hub.quote('SOL_USDC');
    assert.equal((await witness.frame(seen)).type, 'update');
    witness.socket.destroy();
    await hub.close();
  });

  async function connect(): Promise<RawClient> {
    const client = await connectRaw(hub.port);
    clients.push(client);
    return client;
  }

  for (const [name, closeCode, bytes] of attacks) {
    it(`${name}: ${closeCode}`, async () => {
      const client = await connect();
      const violations = await hub.metric('violations_total');
      client.socket.write(bytes);
      assert.equal(await client.closed(), closeCode);
      assert.ok((await hub.metric('violations_total')) > violations);
    });

    it(`${name}, one byte at a time`, async () => {
      const client = await connect();
      client.socket.setNoDelay(true);
      for (const byte of bytes.subarray(0, 40)) client.socket.write(Buffer.from([byte]));
      client.socket.write(bytes.subarray(40));
      assert.equal(await client.closed(), closeCode);
    });
  }

  for (const [name, payload] of nonsense) {
    it(`${name}: an error, and the connection goes on`, async () => {
      const client = await connect();
      client.say(payload);
      const error = await client.frame(0);
      assert.ok(error.type === 'error' && error.code === 'invalid-frame');
      client.say({ op: 'ping' });
      assert.equal((await client.frame(1)).type, 'pong');
    });
  }

  it('a burst: as many messages as fit in a second are answered, what exceeds them is told', async () => {
    const client = await connect();
    client.socket.write(repeat(25, rawFrame({ opcode: text, payload: hello })));
    await client.frame(24);
    const pongs = client.frames.filter(({ type }) => type === 'pong').length;
    assert.ok(pongs >= 20 && pongs < 25, `${pongs} pongs`);
    assert.ok(
      client.frames.every(
        (frame) => frame.type === 'pong' || (frame.type === 'error' && frame.code === 'too-many-messages'),
      ),
    );
  });

  it('one that goes on after its close frame, and one that never closes', async () => {
    const [talker, mute] = [await connect(), await connect()];
    talker.polite = false;
    mute.polite = false;
    for (const client of [talker, mute]) client.send({ opcode: binary });
    await talker.until(() => talker.closeCode !== undefined);
    for (let count = 0; count < 50; count += 1) talker.say(hello);
    assert.equal(await talker.closed(), 1003);
    assert.equal(await mute.closed(), 1003);
    assert.deepEqual([...talker.frames, ...mute.frames], []);
  });

  it('noise instead of HTTP, and instead of frames', async () => {
    const noise = Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7919) % 256));
    const socket = connectSocket(hub.port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    socket.write(noise);
    await once(socket, 'close');
    const client = await connect();
    client.socket.write(noise);
    assert.ok([1002, 1007, 1009].includes((await client.closed()) ?? 0));
  });

  it('half a frame and half an upgrade that never go on', async () => {
    const client = await connect();
    client.socket.write(rawFrame({ opcode: text, payload: hello }).subarray(0, 4));
    const socket = connectSocket(hub.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nUpgrade: websocket\r\n');
    await once(socket, 'connect');
    const other = await connect();
    other.say(hello);
    assert.equal((await other.frame(0)).type, 'pong');
    socket.destroy();
  });

  it('resets at every moment', async () => {
    for (let count = 0; count < 30; count += 1) {
      const client = await connect();
      client.subscribe('prices', 'candles:SOL_USDC:1s');
      if (count % 3 > 0) await client.frame(0);
      if (count % 3 > 1) await hub.quote('SOL_USDC');
      client.socket.resetAndDestroy();
    }
    await hub.quote('SOL_USDC');
  });

  it('2,000 connects at once', async () => {
    const crowded = await startTestHub({ settings: { connectionsPerAddressMax: 2_000 } });
    await crowded.quote('SOL_USDC');
    const crowd = await Promise.all(Array.from({ length: 2_000 }, () => connectRaw(crowded.port)));
    assert.ok(crowd.every(({ status }) => status === 101));
    for (const client of crowd) client.subscribe('prices');
    await Promise.all(crowd.map((client) => client.frame(0)));
    await crowded.quote('SOL_USDC');
    const updates = await Promise.all(crowd.map((client) => client.frame(1)));
    assert.ok(updates.every((update) => update.type === 'update' && update.sequence === 1));
    assert.equal(await crowded.metric('deliveries_total'), 2_000);
    assert.equal(await crowded.metric('frames_total'), 1);
    for (const client of crowd) client.socket.resetAndDestroy();
    await crowded.close();
  });
});
