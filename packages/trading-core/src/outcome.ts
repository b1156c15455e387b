import type { Event } from './event.ts';
import type { Refused } from './refusal.ts';

/** The command, or quote, was taken; what it caused, in order. */
export interface Accepted {
  readonly type: 'accepted';
  readonly events: readonly Event[];
}

/** The order was placed before, by the same command: nothing happened now. */
export interface Repeated {
  readonly type: 'repeated';
  readonly orderId: number;
}

export type Outcome = Accepted | Repeated | Refused;
