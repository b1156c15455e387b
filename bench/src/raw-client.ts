import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const PONG_INTERVAL_MS = 20_000;

/** A text frame of the server (valid during the call only), with the time at which its last byte was read. */
export type OnFrame = (payload: Buffer, atMs: number) => void;

/**
 * The least a WebSocket client can be: it reads frames and looks at the clock, so that a thousand of them leave the
 * processor to what is measured.
 */
export async function connectRawClient(port: number, onFrame: OnFrame): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  socket.write(upgradeRequest(port));
  let rest = await readUpgrade(socket);
  const read = (chunk: Buffer) => {
    const atMs = performance.now();
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const frame = splitFrame(bytes);
      if (frame === undefined) break;
      bytes = bytes.subarray(frame.end);
      if (frame.opcode === 1) onFrame(frame.payload, atMs);
    }
    rest = bytes;
  };
  socket.on('data', read);
  keepAlive(socket);
  if (rest.length > 0) {
    const first = rest;
    rest = Buffer.alloc(0);
    read(first);
  }
  return socket;
}

/** Asks for a WebSocket as an anonymous client does. */
export function upgradeRequest(port: number): string {
  return (
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`
  );
}

/** Says that the client is still there, as the server asks every 30 s; unasked is allowed too (RFC 6455 §5.5.3). */
export function keepAlive(socket: Socket): void {
  const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
  const timer = setInterval(() => socket.write(pong), PONG_INTERVAL_MS);
  socket.once('close', () => clearInterval(timer));
}

/** Sends a text frame, masked as clients must. */
export function sendText(socket: Socket, text: string): void {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  for (let index = 0; index < payload.length; index += 1)
    payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0);
  const header = Buffer.from([0x81, 0x80 | payload.length]);
  if (payload.length > 125) throw new RangeError('only short frames are sent here');
  socket.write(Buffer.concat([header, mask, payload]));
}

function readUpgrade(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const read = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', read);
      socket.off('error', reject);
      if (head.toString('latin1').startsWith('HTTP/1.1 101')) resolve(head.subarray(end + 4));
      else reject(new Error(`refused: ${head.subarray(0, head.indexOf('\r\n')).toString('latin1')}`));
    };
    socket.on('data', read);
    socket.once('error', reject);
  });
}

function splitFrame(bytes: Buffer): { opcode: number; payload: Buffer; end: number } | undefined {
  if (bytes.length < 2) return undefined;
  let length = (bytes[1] ?? 0) & 0x7f;
  let start = 2;
  if (length === 126) {
    if (bytes.length < 4) return undefined;
    length = bytes.readUInt16BE(2);
    start = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return undefined;
    length = Number(bytes.readBigUInt64BE(2));
    start = 10;
  }
  const end = start + length;
  if (bytes.length < end) return undefined;
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload: bytes.subarray(start, end), end };
}
