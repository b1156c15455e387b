import { WebSocket } from 'ws';
import { origin } from '../distributed/bench-stack.ts';

export interface AccountWatcher {
  readonly wsPort: number;
  /** Of the session whose accounts they are. */
  readonly cookie: string;
  readonly channels: readonly string[];
  /** Told of the fills of each frame, and when it had come: ns of the machine's monotonic clock. */
  readonly onFills?: (ids: readonly string[], atNs: bigint) => void;
}

/** A connection with account channels; resolves when all of them have had their snapshot. */
export function watchAccounts({ wsPort, cookie, channels, onFills }: AccountWatcher): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${wsPort}/`, { origin, headers: { cookie } });
    let snapshots = 0;
    socket.once('error', reject);
    socket.on('open', () => socket.send(JSON.stringify({ op: 'subscribe', channels })));
    socket.on('message', (data: Buffer) => {
      const atNs = process.hrtime.bigint();
      const frame = JSON.parse(data.toString()) as { type: string; data?: { fills?: { id: string }[] } };
      if (frame.type === 'error') reject(new Error(data.toString()));
      if (frame.type === 'snapshot') snapshots += 1;
      if (snapshots === channels.length) resolve(socket);
      const fills = frame.data?.fills ?? [];
      if (fills.length > 0)
        onFills?.(
          fills.map(({ id }) => id),
          atNs,
        );
    });
  });
}
