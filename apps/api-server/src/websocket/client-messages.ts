import {
  type ClientFrame,
  ClientFrameSchema,
  channelsPerConnectionMax,
  closeCodes,
  type frameErrorCodes,
} from '@repo/schemas';
import { monotonicMs } from '@repo/service';
import type { ChannelRefusal, Channels } from './channels.ts';
import type { Connection } from './connection.ts';
import type { WebSocketMetrics } from './websocket-metrics.ts';

type FrameErrorCode = (typeof frameErrorCodes)[number];

const messages: Readonly<Record<FrameErrorCode, string>> = {
  'invalid-frame': 'The frame is not JSON of a known form.',
  'unknown-channel': 'There is no such channel; see prices, candles:ASSET:INTERVAL and account.',
  'session-required': 'Sign in to subscribe to an account.',
  'unknown-account': 'There is no such account.',
  'service-unavailable': 'The account cannot be read at the moment. Try again in a moment.',
  'unknown-instrument': 'There is no such instrument.',
  'too-many-channels': `A connection holds ${channelsPerConnectionMax} channels at most.`,
  'too-many-messages': 'Too many messages: this one was dropped.',
};

/** Acts on what clients say, and on what they may not say. */
export class ClientMessages {
  readonly #channels: Channels;
  readonly #metrics: WebSocketMetrics;

  constructor(channels: Channels, metrics: WebSocketMetrics) {
    this.#channels = channels;
    this.#metrics = metrics;
  }

  /** Takes a message of a client. */
  take(connection: Connection, data: Buffer, isBinary: boolean): void {
    if (!this.allows(connection)) return;
    if (isBinary) {
      this.#metrics.violations.inc({ kind: 'binary' });
      connection.close(closeCodes.unsupportedData, 'text frames only');
      return;
    }
    const frame = parseFrame(data.toString());
    if (frame === undefined) this.#refuse(connection, { code: 'invalid-frame' });
    else this.#act(connection, frame);
  }

  /** Counts a frame of any kind against the client's rate; what exceeds it is dropped, and a flood ends in 4429. */
  allows(connection: Connection): boolean {
    connection.heard();
    if (!connection.open) return false;
    if (connection.messages.take(monotonicMs())) return true;
    this.#metrics.violations.inc({ kind: 'too-many-messages' });
    // As far below as a full bucket is above: once told, a client that slows down is forgiven.
    if (connection.messages.overdrawn > connection.messages.capacity) {
      connection.close(closeCodes.tooManyMessages, 'too many messages');
    } else {
      connection.answer({ type: 'error', code: 'too-many-messages', message: messages['too-many-messages'] });
    }
    return false;
  }

  #act(connection: Connection, frame: ClientFrame): void {
    const id = frame.id === undefined ? {} : { id: frame.id };
    switch (frame.op) {
      case 'ping':
        connection.answer({ type: 'pong', ...id, at: Date.now() });
        break;
      case 'subscribe':
        for (const channel of new Set(frame.channels)) {
          const refusal = this.#channels.join(connection, channel);
          const refuse = (code: ChannelRefusal | undefined) => {
            if (code !== undefined) this.#refuse(connection, { code, channel, ...id });
          };
          if (refusal instanceof Promise) void refusal.then(refuse);
          else refuse(refusal);
        }
        break;
      case 'unsubscribe':
        for (const name of frame.channels) this.#channels.leave(connection, name);
        connection.answer({ type: 'unsubscribed', channels: frame.channels, ...id });
        break;
    }
  }

  #refuse(connection: Connection, error: { code: FrameErrorCode; channel?: string; id?: string }): void {
    const isOurs = error.code === 'service-unavailable';
    if (!isOurs) this.#metrics.violations.inc({ kind: error.code });
    if (isOurs || connection.violations.take(monotonicMs())) {
      connection.answer({ type: 'error', message: messages[error.code], ...error });
    } else {
      connection.close(closeCodes.policyViolation, 'too many invalid frames');
    }
  }
}

function parseFrame(text: string): ClientFrame | undefined {
  try {
    return ClientFrameSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
