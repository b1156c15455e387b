import { fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Exchange } from './exchange.ts';
import { type Latency, measureLatency, type SeenPrice } from './price-latency.ts';
import { connectRawClient, sendText } from './raw-client.ts';
import type { RecordedFrame } from './recorded-quotes.ts';

const MEASURED_MAX = 50;
const DRAIN_MS = 1_500;
const SEQUENCE_PREFIX = '{"channel":"prices","type":"update","sequence":';

export interface PriceRun extends Latency {
  readonly frames: number;
  /** Updates times the clients that got them. */
  readonly deliveries: number;
  /** From the first frame to the last arrival. */
  readonly throughMs: number;
}

/** Clients subscribed to prices, connected and idle. */
export interface PriceClients {
  /** Plays frames of the exchange and measures until their last update has arrived. */
  play(exchange: Exchange, frames: readonly RecordedFrame[], speed: number | 'max'): Promise<PriceRun>;
  close(): void;
}

/** What the clients of one server saw: its updates have a sequence of their own. */
interface Watch {
  readonly clients: number;
  readonly updates: Map<number, SeenPrice[]>;
  readonly arrivals: Map<number, number>[];
  close(): void;
}

/**
 * Connects clients, as many to each server. Of many 50, spread over the others, are measured; the rest read and forget
 * in other processes, because a process that timed them all would be slower than the broker.
 */
export async function connectPriceClients(ports: readonly number[], clients: number): Promise<PriceClients> {
  const [share, measured] = [clients, Math.min(clients, MEASURED_MAX)].map((all) => Math.ceil(all / ports.length));
  const watches = await Promise.all(ports.map((port) => watch(port, share ?? 0, measured ?? 0)));
  await sleep(500);
  return {
    play: async (exchange, frames, speed) => {
      for (const { updates, arrivals } of watches) for (const map of [updates, ...arrivals]) map.clear();
      const sent = await exchange.play(frames, speed);
      await sleep(DRAIN_MS);
      const seen = watches.map(({ updates, arrivals }) => measureLatency(frames, sent, updates, arrivals));
      const [{ histogram }, ...others] = seen as [Latency, ...Latency[]];
      for (const other of others) histogram.add(other.histogram);
      const lastArrivalMs = Math.max(...seen.map((one) => one.lastArrivalMs));
      return {
        histogram,
        lastArrivalMs,
        uncovered: Math.max(...seen.map(({ uncovered }) => uncovered)),
        frames: frames.length,
        deliveries: watches.reduce((sum, { updates, clients: own }) => sum + updates.size * own, 0),
        throughMs: lastArrivalMs - (sent[0]?.atMs ?? 0),
      };
    },
    close: () => {
      for (const one of watches) one.close();
    },
  };
}

async function watch(port: number, clients: number, measured: number): Promise<Watch> {
  const drains = startDrains(port, clients - measured);
  const updates: Watch['updates'] = new Map();
  const arrivals: Watch['arrivals'] = [];
  const sockets: Socket[] = [];
  for (let index = 0; index < measured; index += 1) {
    const arrived = new Map<number, number>();
    arrivals.push(arrived);
    const socket = await connectRawClient(port, (payload, atMs) => {
      const sequence = readSequence(payload);
      if (sequence === undefined) return;
      arrived.set(sequence, atMs);
      if (index === 0) updates.set(sequence, (JSON.parse(payload.toString()) as { data: SeenPrice[] }).data);
    });
    sendText(socket, '{"op":"subscribe","channels":["prices"]}');
    sockets.push(socket);
    // Between two of them some of the others connect, so that the measured ones are spread over all.
    if (clients > measured) await sleep(30);
  }
  await drains.connected;
  return {
    clients,
    updates,
    arrivals,
    close: () => {
      for (const socket of sockets) socket.destroy();
      drains.stop();
    },
  };
}

function startDrains(port: number, count: number): { connected: Promise<void>; stop(): void } {
  if (count === 0) return { connected: Promise.resolve(), stop: () => {} };
  const path = join(dirname(fileURLToPath(import.meta.url)), 'drain-clients.ts');
  const child = fork(path, [String(port), String(count)]);
  // They stand for other machines: when they read must not decide when the measured clients can.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  let stopped = false;
  const connected = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => {
      if (!stopped) reject(new Error(`the other clients ended with code ${code}`));
    });
  });
  return {
    connected,
    stop: () => {
      stopped = true;
      child.kill();
    },
  };
}

function readSequence(payload: Buffer): number | undefined {
  const head = payload.toString('latin1', 0, SEQUENCE_PREFIX.length + 16);
  if (!head.startsWith(SEQUENCE_PREFIX)) return undefined;
  return Number.parseInt(head.slice(SEQUENCE_PREFIX.length), 10);
}
