import { createPriceStream, type PriceStream } from '@repo/client';
import { ServerFrameSchema } from '@repo/schemas';
import { type ApiDoor, ORIGIN } from './api-door.ts';

/** Five simulated markets are never silent for this long. */
const SILENCE_MS_MAX = 10_000;

/** A subscriber of live prices that looks at each frame as it comes, before the SDK mends what it can. */
export class PriceWatch {
  readonly #door: ApiDoor;
  readonly #stream: PriceStream;
  readonly #faults: string[] = [];
  #newestAtMs = 0;

  constructor(door: ApiDoor) {
    this.#door = door;
    this.#stream = createPriceStream({
      url: door.webSocketUrl,
      webSocket: (url) => this.#open(url),
      timing: { retryMsMin: 100, retryMsMax: 1_000 },
    });
    this.#stream.subscribe('prices', () => undefined);
  }

  /** What was wrong with the frames, one sentence each; also when none came lately. */
  audit(): string[] {
    const silentMs = performance.now() - this.#newestAtMs;
    const silent = silentMs > SILENCE_MS_MAX ? [`${this.#door.name}: no price in ${Math.round(silentMs)} ms`] : [];
    return [...this.#faults, ...silent];
  }

  close(): void {
    this.#stream.close();
  }

  #open(url: string): WebSocket {
    // Node's own takes headers, which browsers' do not know.
    const socket = new WebSocket(url, { headers: { origin: ORIGIN } });
    let sequence: number | undefined;
    const assets = new Map<string, number>();
    socket.addEventListener('message', ({ data }) => {
      const frame = ServerFrameSchema.safeParse(JSON.parse(String(data))).data;
      if (frame === undefined) this.#report(`a frame that the schema does not know: ${String(data).slice(0, 200)}`);
      else if (frame.type === 'error') this.#report(`${frame.code}: ${frame.message}`);
      else if ((frame.type === 'snapshot' || frame.type === 'update') && frame.channel === 'prices') {
        if (frame.type === 'update' && frame.sequence !== (sequence ?? Number.NaN) + 1) {
          this.#report(`update ${frame.sequence} after ${sequence ?? 'no snapshot'}`);
        }
        sequence = frame.sequence;
        for (const price of frame.data) {
          const before = assets.get(price.asset) ?? 0;
          if (price.sequence < before) this.#report(`${price.asset} went back from ${before} to ${price.sequence}`);
          assets.set(price.asset, price.sequence);
        }
        this.#newestAtMs = performance.now();
      }
    });
    return socket;
  }

  #report(fault: string): void {
    this.#faults.push(`${this.#door.name}: ${fault}`);
  }
}
