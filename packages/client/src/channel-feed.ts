import type { Channel, ServerFrame } from '@repo/schemas';
import { AccountSoFar } from './state/account-so-far.ts';
import { CandlesSoFar } from './state/candles-so-far.ts';
import { PricesSoFar } from './state/prices-so-far.ts';

/** A snapshot or update of `prices`. */
export type PricesFrame = Extract<ServerFrame, { readonly channel: 'prices' }>;
/** A snapshot or update of a candle channel. */
export type CandlesFrame = Extract<ServerFrame, { readonly channel: `candles:${string}` }>;
/** A snapshot or update of an account: whole at first, then what changed with fills and notices. */
export type AccountFrame = Extract<
  ServerFrame,
  { readonly channel: AccountChannel; readonly type: 'snapshot' | 'update' }
>;
export type ChannelFrame = PricesFrame | CandlesFrame | AccountFrame;
export type AccountChannel = 'account' | `account:${string}`;
export type FrameOf<C extends Channel> = C extends 'prices'
  ? PricesFrame
  : C extends AccountChannel
    ? AccountFrame
    : CandlesFrame;

/** What a channel has told so far. */
interface SoFar<Frame> {
  take(frame: Frame): void;
  snapshot(sequence: number): Frame | undefined;
}

/** One channel as the client sees it: where its sequence stands, its latest state, and who listens. */
export class ChannelFeed {
  readonly channel: Channel;
  readonly listeners = new Set<(frame: ChannelFrame) => void>();
  /** How often in a row the server could not serve it. */
  failures = 0;
  readonly #soFar: SoFar<ChannelFrame>;
  /** Absent while a snapshot is awaited: updates mean nothing until it comes. */
  #sequence: number | undefined;

  constructor(channel: Channel) {
    this.channel = channel;
    this.#soFar = createSoFar(channel);
  }

  /** A snapshot is on its way. */
  await(): void {
    this.#sequence = undefined;
  }

  /** Takes a frame in. `gap`: an update was lost, and only a new snapshot helps. */
  take(frame: ChannelFrame): 'taken' | 'ignored' | 'gap' {
    if (frame.type === 'update') {
      if (this.#sequence === undefined) return 'ignored';
      if (frame.sequence !== this.#sequence + 1) {
        this.#sequence = undefined;
        return 'gap';
      }
    }
    this.#sequence = frame.sequence;
    this.failures = 0;
    this.#soFar.take(frame);
    return 'taken';
  }

  /** The state so far as a snapshot, for a listener that comes late; none while one is awaited. */
  snapshot(): ChannelFrame | undefined {
    return this.#sequence === undefined ? undefined : this.#soFar.snapshot(this.#sequence);
  }
}

/** Each is given frames of its own channel alone. */
function createSoFar(channel: Channel): SoFar<ChannelFrame> {
  if (channel === 'prices') return new PricesSoFar();
  return isAccount(channel) ? new AccountSoFar(channel) : new CandlesSoFar(channel);
}

function isAccount(channel: Channel): channel is Extract<Channel, AccountChannel> {
  return channel === 'account' || channel.startsWith('account:');
}
