import { connect, createServer, type Server, type Socket } from 'node:net';

/** Where the proxy forwards to. */
export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

/** A TCP proxy on 127.0.0.1 that fails on demand. It begins by forwarding everything. */
export interface FaultProxy {
  readonly port: number;
  /** Connections that clients hold now. */
  readonly connections: number;
  /** Resets every connection and refuses new ones until `restore`. */
  cut(): Promise<void>;
  /** Resets the connections of this moment; new ones are forwarded. */
  reset(): void;
  /** Keeps and accepts connections and forwards nothing until `restore`, which lets through what was held back. */
  blackHole(): void;
  /** Forwards what arrives from now on `ms` later, in each direction; 0 ends it. */
  delay(ms: number): void;
  /** Forwards everything again. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export interface FaultProxyOptions {
  /** Port to listen on; a free one unless told. */
  readonly port?: number;
  /** Changes what the target says, in place: the length stays. */
  readonly rewrite?: (chunk: Buffer) => void;
}

/** Starts a proxy in front of `target`. */
export async function startFaultProxy(target: ProxyTarget, options: FaultProxyOptions = {}): Promise<FaultProxy> {
  const pairs = new Set<Pair>();
  let server: Server | undefined;
  let blackHole = false;
  let delayMs = 0;

  async function listen(port: number): Promise<number> {
    const listening = createServer({ noDelay: true }, (client) => {
      const pair = new Pair(client, target, options.rewrite, () => pairs.delete(pair));
      pairs.add(pair);
      pair.delayMs = delayMs;
      if (blackHole) pair.hold();
    });
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    server = listening;
    const address = listening.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  function reset(): void {
    for (const pair of pairs) pair.reset();
  }

  async function refuse(): Promise<void> {
    const listening = server;
    server = undefined;
    const closed = new Promise<void>((resolve) => {
      if (listening === undefined) resolve();
      else listening.close(() => resolve());
    });
    reset();
    await closed;
  }

  const port = await listen(options.port ?? 0);
  return {
    port,
    get connections() {
      return pairs.size;
    },
    cut: refuse,
    reset,
    blackHole: () => {
      blackHole = true;
      for (const pair of pairs) pair.hold();
    },
    delay: (ms) => {
      delayMs = ms;
      for (const pair of pairs) pair.delayMs = ms;
    },
    restore: async () => {
      blackHole = false;
      delayMs = 0;
      for (const pair of pairs) pair.release();
      if (server === undefined) await listen(port);
    },
    close: refuse,
  };
}

/** A client's connection and the one to the target that answers it. */
class Pair {
  readonly #client: Socket;
  readonly #target: Socket;
  readonly #lanes: readonly [Lane, Lane];

  constructor(client: Socket, target: ProxyTarget, rewrite: FaultProxyOptions['rewrite'], ended: () => void) {
    this.#client = client;
    this.#target = connect({ ...target, noDelay: true });
    if (rewrite !== undefined) this.#target.on('data', rewrite);
    this.#lanes = [new Lane(client, this.#target), new Lane(this.#target, client)];
    client.once('close', () => {
      this.#target.destroy();
      ended();
    });
  }

  set delayMs(ms: number) {
    for (const lane of this.#lanes) lane.delayMs = ms;
  }

  hold(): void {
    for (const lane of this.#lanes) lane.hold();
  }

  release(): void {
    for (const lane of this.#lanes) lane.release();
  }

  reset(): void {
    // A socket that has sent its end cannot be reset: it would never close.
    if (this.#client.writableEnded) this.#client.destroy();
    else this.#client.resetAndDestroy();
    this.#target.destroy();
  }
}

/** One direction. What waits is passed in its order, whatever changes meanwhile. */
class Lane {
  delayMs = 0;
  readonly #waiting: { readonly dueMs: number; readonly pass: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #held = false;

  constructor(from: Socket, to: Socket) {
    from.on('error', () => {}); // 'close' follows
    from.on('data', (chunk) => {
      this.#push(() => {
        if (to.destroyed || to.write(chunk)) return;
        from.pause();
        to.once('drain', () => from.resume());
      });
    });
    from.on('end', () => this.#push(() => to.end()));
    from.on('close', () => this.#push(() => to.destroySoon()));
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.delayMs = 0;
    for (const { pass } of this.#waiting.splice(0)) pass();
  }

  #push(pass: () => void): void {
    this.#waiting.push({ dueMs: performance.now() + this.delayMs, pass });
    this.#pump();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#held) return;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#pump(), waitMs);
        return;
      }
      this.#waiting.shift();
      next.pass();
    }
  }
}
