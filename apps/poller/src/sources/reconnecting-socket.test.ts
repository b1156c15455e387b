import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { fastTiming } from '../testing/fast-timing.ts';
import { MarketServer } from '../testing/market-server.ts';
import { until } from '../testing/until.ts';
import { ReconnectingSocket, type SocketTiming } from './reconnecting-socket.ts';

let server: MarketServer;
let socket: ReconnectingSocket | undefined;
let states: string[];
let messages: string[];

beforeEach(async () => {
  server = await new MarketServer().listen();
  states = [];
  messages = [];
});

afterEach(async () => {
  await socket?.stop();
  await server.close();
});

function start(timing: Partial<SocketTiming> = {}, lifeMs?: number): ReconnectingSocket {
  socket = new ReconnectingSocket({
    url: server.wsUrl,
    timing: { ...fastTiming, ...timing },
    ...(lifeMs === undefined ? {} : { lifeMs }),
    onOpen: () => socket?.send('{"params":["hello"]}'),
    onMessage: (text) => messages.push(text),
    onState: (state, reason) => states.push(reason === '' ? state : `${state}: ${reason}`),
  });
  socket.start();
  return socket;
}

const reopened = (count: number) => until(() => server.received.length >= count, `${count} connections greeted`);

test('it comes back after a close and after a reset, and greets again', async () => {
  start();
  await reopened(1);
  server.closeAll();
  await reopened(2);
  server.resetAll();
  await reopened(3);
  server.send('still here');
  await until(() => messages.includes('still here'), 'a message arrived');
  assert.deepEqual(states.slice(0, 4), ['connecting', 'open', 'closed: closed by the server with 1001', 'connecting']);
});

test('silence ends a connection: no pong and no message', async () => {
  server.mood.pong = false;
  start({ pingMs: 10, silenceMs: 40 });
  await reopened(2);
  assert.ok(states.includes('closed: no frame for 40 ms'));
});

test('pongs keep a quiet connection for a while, but not for ever', async () => {
  start({ pingMs: 10, silenceMs: 100 });
  await reopened(2);
  assert.ok(states.includes('closed: no message for 400 ms'));
  assert.ok(!states.includes('closed: no frame for 100 ms'));
});

test('a server that never answers the upgrade is tried again', async () => {
  server.mood.upgrade = false;
  start({ handshakeMs: 20 });
  await until(() => states.filter((state) => state.startsWith('closed')).length >= 2, 'two attempts failed');
  server.mood.upgrade = true;
  await reopened(1);
  assert.ok(states.includes('closed: Opening handshake has timed out'));
});

test('a server that resets each attempt is tried until it accepts', async () => {
  server.mood.accept = false;
  start();
  await until(() => states.filter((state) => state.startsWith('closed')).length >= 3, 'three attempts failed');
  server.mood.accept = true;
  await reopened(1);
});

test('a server that flaps is given time: attempts thin out', async () => {
  server.mood.flap = true;
  start({ reconnectBaseMs: 100_000, reconnectMaxMs: 100_000 });
  // At once after the first loss, then a wait that this test does not live to see the end of.
  await until(() => states.filter((state) => state.startsWith('closed')).length >= 2, 'it flapped twice');
  server.mood.flap = false;
  assert.equal(server.connectionCount, 2);
});

test('a connection that was up for long enough comes back at once again', async () => {
  start({ reconnectBaseMs: 100_000, reconnectMaxMs: 100_000, reconnectResetMs: 0 });
  for (let count = 1; count <= 4; count += 1) {
    await reopened(count);
    server.closeAll();
  }
  await reopened(5);
});

test('a huge frame ends the connection, not the process', async () => {
  start();
  await reopened(1);
  server.send('x'.repeat(1_000_000));
  await reopened(2);
  assert.ok(states.includes('closed: Max payload size exceeded'));
  assert.deepEqual(messages, []);
});

test('a connection with a limited life is renewed in time', async () => {
  start({}, 20);
  await reopened(2);
  assert.ok(states.includes('closed: renewed before its end of life'));
});

test('stopped, it stays away and says nothing more', async () => {
  const running = start();
  await reopened(1);
  await running.stop();
  const saidBefore = states.length;
  await until(() => server.openCount === 0, 'the server has lost it');
  assert.equal(states.length, saidBefore);
  assert.equal(running.send('anything'), false);
});

test('it can be stopped in the middle of connecting', async () => {
  server.mood.upgrade = false;
  const running = start();
  await running.stop();
  assert.deepEqual(states, ['connecting']);
});
