import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Lower-cased names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Writes bytes to a socket as they are and reads one answer: for requests that no client library would send. */
export function sendRaw(url: string, bytes: string | Uint8Array): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const finish = () => {
      const answer = parse(Buffer.concat(chunks).toString('utf8'));
      if (answer === undefined) return false;
      resolve(answer);
      socket.destroy();
      return true;
    };
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      finish();
    });
    // A server that refuses a body may reset the connection while the rest of it is still on its way.
    socket.on('error', (error) => finish() || reject(error));
    socket.on('close', () => finish() || reject(new Error('closed without a whole answer')));
    socket.setTimeout(20_000, () => socket.destroy(new Error('no answer')));
  });
}

/** A request with a body, as raw bytes. */
export function rawPost(path: string, headers: Record<string, string>, body: string | Uint8Array): Buffer {
  const bytes = Buffer.from(body as string);
  const lines = Object.entries({ host: 'localhost', 'content-length': String(bytes.length), ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n');
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${head}\r\n\r\n`), bytes]);
}

function parse(text: string): RawAnswer | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = text.slice(end + 4);
  if (Buffer.byteLength(body) < Number(headers.get('content-length') ?? 0)) return undefined;
  return { status: Number(statusLine.split(' ')[1]), headers, body };
}
