import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ServerFrame } from '@repo/schemas';

export interface RawFrame {
  readonly fin?: boolean;
  /** RSV1–3 as three bits. */
  readonly reserved?: number;
  readonly opcode: number;
  readonly payload?: Buffer | string;
  readonly masked?: boolean;
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as a client sends it, right or wrong. */
export function rawFrame({ fin = true, reserved = 0, opcode, payload = '', masked = true }: RawFrame): Buffer {
  const data = Buffer.from(payload);
  const length =
    data.length < 126
      ? Buffer.from([data.length])
      : data.length < 65_536
        ? Buffer.from([126, data.length >> 8, data.length & 0xff])
        : Buffer.concat([Buffer.from([127, 0, 0, 0, 0]), Buffer.from(Uint32Array.of(data.length).buffer).reverse()]);
  length[0] = (length[0] ?? 0) | (masked ? 0x80 : 0);
  const head = Buffer.from([(fin ? 0x80 : 0) | (reserved << 4) | opcode]);
  if (!masked) return Buffer.concat([head, length, data]);
  const mask = randomBytes(4);
  return Buffer.concat([head, length, mask, data.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

/** A WebSocket client made of a bare socket: it can do what no library lets one do, and sees every byte. */
export class RawClient<S extends Duplex = Socket> {
  readonly socket: S;
  /** Text frames so far. */
  readonly frames: ServerFrame[] = [];
  pings = 0;
  closeCode: number | undefined;
  /** The status line's code. */
  status = 0;
  ended = false;
  /** Whether it takes part in the closing handshake. */
  polite = true;
  #rest: Buffer = Buffer.alloc(0);
  #upgraded = false;
  #waiting: (() => void)[] = [];

  constructor(socket: S) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
      this.#wake();
    });
    socket.on('error', () => {
      // The server may reset what it will not serve.
    });
    socket.on('close', () => {
      this.ended = true;
      this.#wake();
    });
  }

  send(frame: RawFrame): void {
    this.socket.write(rawFrame(frame));
  }

  say(message: unknown): void {
    this.send({ opcode: opcodes.text, payload: typeof message === 'string' ? message : JSON.stringify(message) });
  }

  subscribe(...channels: string[]): void {
    this.say({ op: 'subscribe', channels });
  }

  /** Resolves when `condition` holds, looked at whenever something arrives; rejects when the socket closes before. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.ended) throw new Error(`closed with ${this.closeCode} after ${JSON.stringify(this.frames)}`);
      await this.change();
    }
  }

  /** Resolves when something arrives, or the socket closes. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Waits for a frame after those already seen by the caller. */
  async frame(index: number): Promise<ServerFrame> {
    await this.until(() => this.frames.length > index);
    const frame = this.frames[index];
    if (frame === undefined) throw new Error('no such frame');
    return frame;
  }

  async closed(): Promise<number | undefined> {
    while (!this.ended) await this.change();
    return this.closeCode;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #read(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (!this.#upgraded) {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.status = Number(this.#rest.toString('latin1', 9, 12));
      this.#upgraded = true;
      this.#rest = this.#rest.subarray(end + 4);
    }
    if (this.status !== 101) return;
    for (let length = this.#frameLength(); length !== undefined; length = this.#frameLength()) {
      this.#take(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
    }
  }

  #frameLength(): number | undefined {
    const short = (this.#rest[1] ?? 0) & 0x7f;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (this.#rest.length < header) return undefined;
    const payload =
      short < 126 ? short : short === 126 ? this.#rest.readUInt16BE(2) : Number(this.#rest.readBigUInt64BE(2));
    return this.#rest.length < header + payload ? undefined : header + payload;
  }

  #take(frame: Buffer): void {
    const short = (frame[1] ?? 0) & 0x7f;
    const payload = frame.subarray(short < 126 ? 2 : short === 126 ? 4 : 10);
    const opcode = (frame[0] ?? 0) & 0x0f;
    if (((frame[0] ?? 0) & 0xf0) !== 0x80) throw new Error('the server sent a fragment or a reserved bit');
    if (opcode === opcodes.text) this.frames.push(JSON.parse(payload.toString()) as ServerFrame);
    else if (opcode === opcodes.ping) this.pings += 1;
    else if (opcode === opcodes.close) {
      this.closeCode = payload.readUInt16BE(0);
      if (this.polite) this.socket.end(rawFrame({ opcode, payload }));
    }
  }
}

/** Connects and asks for an upgrade; resolves when the server has answered or closed. */
export async function connectRaw(
  port: number,
  options: { readonly headers?: Readonly<Record<string, string>>; readonly path?: string } = {},
): Promise<RawClient> {
  const client = new RawClient(connect(port, '127.0.0.1'));
  const headers = {
    Host: `127.0.0.1:${port}`,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Version': '13',
    ...options.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  client.socket.write(`GET ${options.path ?? '/'} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  while (client.status === 0 && !client.ended) await client.change();
  return client;
}
