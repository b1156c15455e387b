import { connect } from 'node:net';
import { connectRawClient, sendText } from './raw-client.ts';

// The child of fan-out.ts: as many WebSocket clients as plain sockets, all of which read and forget.
const [hubPort, barePort, count] = process.argv.slice(2).map(Number);
for (let index = 0; index < (count ?? 0); index += 1) {
  const client = await connectRawClient(hubPort ?? 0, () => {});
  sendText(client, '{"op":"subscribe","channels":["prices"]}');
  const plain = connect(barePort ?? 0, '127.0.0.1').on('data', () => {});
  await new Promise((resolve) => plain.once('connect', resolve));
}
process.send?.('connected');
process.on('disconnect', () => process.exit(0));
