import type { Event } from '../event.ts';
import { evolve } from './evolve.ts';
import type { Shard } from './shard.ts';

/** A decision in the making: the state, the moment, and the events so far. */
export interface Decision {
  readonly shard: Shard;
  readonly at: number;
  readonly events: Event[];
}

/** The sequence of the next event. */
export function nextSequence({ shard }: Decision): number {
  return shard.sequence + 1;
}

/** Adds an event and applies it at once: the next rule decides on the state after it. */
export function emit({ shard, events }: Decision, event: Event): void {
  evolve(shard, event);
  events.push(event);
}
