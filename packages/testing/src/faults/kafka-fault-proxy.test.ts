import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { it } from 'node:test';
import { startKafkaFaultProxy } from './kafka-fault-proxy.ts';

it("tells clients its own addresses instead of the brokers'", async (test) => {
  const server = createServer((socket) => {
    const { port } = server.address() as { port: number };
    const answer = Buffer.from('xx127.0.0.1....yy127.0.0.1....');
    answer.writeInt32BE(port, 11);
    answer.writeInt32BE(port + 1, 26);
    socket.resume().end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => server.close());
  const { port } = server.address() as { port: number };
  const proxy = await startKafkaFaultProxy([`127.0.0.1:${port}`]);
  test.after(() => proxy.close());
  const own = Number(proxy.brokers[0]?.split(':')[1]);
  const socket = connect(own, '127.0.0.1');
  const heard = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  socket.destroy();
  assert.equal(heard.readInt32BE(11), own);
  assert.equal(heard.readInt32BE(26), port + 1, 'an address of nobody stays');
});

it('refuses brokers whose addresses it could not change', async () => {
  await assert.rejects(startKafkaFaultProxy(['kafka.example.com:9092']), RangeError);
});
