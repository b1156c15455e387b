import { connect } from 'node:net';
import { keepAlive, sendText, upgradeRequest } from './raw-client.ts';

// A child process: WebSocket clients that subscribe to prices, read and forget, as cheaply as that can be done.
const [port = 0, count = 0] = process.argv.slice(2).map(Number);
const PAUSE_MS = 20;
const buffer = Buffer.alloc(64 * 1024);
for (let index = 0; index < count; index += 1) await connectDrain();
process.send?.('connected');
process.on('disconnect', () => process.exit(0));
readNowAndThen();

/**
 * Between two reads the whole process stops. A reader that waits for each byte would have to be woken by each write of
 * the server, on the server's time; readers on other machines cost it nothing.
 */
function readNowAndThen(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  setImmediate(readNowAndThen);
}

/** Resolves when the server has answered the upgrade. */
function connectDrain(): Promise<void> {
  return new Promise((resolve, reject) => {
    let upgraded = false;
    const socket = connect({
      port,
      host: '127.0.0.1',
      onread: {
        buffer,
        callback: () => {
          if (!upgraded) {
            upgraded = true;
            sendText(socket, '{"op":"subscribe","channels":["prices"]}');
            keepAlive(socket);
            resolve();
          }
          return true;
        },
      },
    });
    socket.once('error', reject);
    socket.write(upgradeRequest(port));
  });
}
