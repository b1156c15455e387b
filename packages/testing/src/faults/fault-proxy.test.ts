import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

describe('the fault proxy', () => {
  let echo: Server;
  let echoPort: number;
  let proxy: FaultProxy;

  before(async () => {
    echo = createServer((socket) => socket.on('error', () => {}).pipe(socket));
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    echoPort = (echo.address() as { port: number }).port;
  });
  after(() => echo.close());
  beforeEach(async () => {
    proxy = await startFaultProxy({ host: '127.0.0.1', port: echoPort });
  });
  afterEach(() => proxy.close());

  const open = async (): Promise<Socket> => {
    const socket = connect(proxy.port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return socket.setEncoding('utf8');
  };
  const heard = (socket: Socket) => new Promise<string>((resolve) => socket.once('data', resolve));
  const failure = (socket: Socket) =>
    new Promise<string | undefined>((resolve) =>
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)),
    );

  it('forwards in both directions', async () => {
    const socket = await open();
    socket.write('there and back');
    assert.equal(await heard(socket), 'there and back');
    assert.equal(proxy.connections, 1);
    socket.destroy();
  });

  it('resets and refuses while it is cut, on the same port afterwards', async () => {
    const socket = await open();
    const failed = failure(socket);
    await proxy.cut();
    assert.equal(await failed, 'ECONNRESET');
    await assert.rejects(open(), { code: 'ECONNREFUSED' });
    await proxy.restore();
    const again = await open();
    again.write('hello');
    assert.equal(await heard(again), 'hello');
    again.destroy();
  });

  it('resets what is open and takes new connections at once', async () => {
    const socket = await open();
    const failed = failure(socket);
    proxy.reset();
    assert.equal(await failed, 'ECONNRESET');
    (await open()).destroy();
  });

  it('accepts and says nothing as a black hole, and lets go what it held', async () => {
    const early = await open();
    proxy.blackHole();
    const late = await open();
    const answers = [heard(early), heard(late)];
    early.write('early');
    late.write('late');
    const silence = await Promise.race([...answers, delay(100, 'silence')]);
    assert.equal(silence, 'silence');
    await proxy.restore();
    assert.deepEqual(await Promise.all(answers), ['early', 'late']);
    early.destroy();
    late.destroy();
  });

  it('delays each direction and keeps the order', async () => {
    const socket = await open();
    proxy.delay(50);
    const begun = performance.now();
    socket.write('a');
    assert.equal(await heard(socket), 'a');
    assert.ok(performance.now() - begun >= 95, 'twice 50 ms');
    socket.destroy();
  });
});
