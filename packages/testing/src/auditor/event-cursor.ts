import type { Event } from '@repo/trading-core';
import { difference } from './difference.ts';

type WithoutOccurrence<E> = E extends Event ? Omit<E, 'sequence' | 'at'> : never;

/** Without the brands: the auditor's figures are not the core's. */
type Plain<Value> = Value extends number
  ? number
  : Value extends object
    ? { readonly [Name in keyof Value]: Plain<Value[Name]> }
    : Value;

/** An event as the auditor foresees it; sequence and moment are the cursor's. */
export type ForeseenEvent = Plain<WithoutOccurrence<Event>>;

export type Fail = (what: string, expected: unknown, actual: unknown) => never;

/** Walks through the events of one input, in order. */
export class EventCursor {
  readonly #events: readonly Event[];
  readonly #at: number;
  readonly #fail: Fail;
  #sequence: number;
  #index = 0;

  /** @param sequence of the last event before. */
  constructor(events: readonly Event[], at: number, sequence: number, fail: Fail) {
    this.#events = events;
    this.#at = at;
    this.#sequence = sequence;
    this.#fail = fail;
  }

  get sequence(): number {
    return this.#sequence;
  }

  peek(): Event | undefined {
    return this.#events[this.#index];
  }

  /** The next event, which has to be this one. */
  expect(foreseen: ForeseenEvent): Event {
    const actual = this.#events[this.#index];
    if (actual === undefined) return this.#fail(`a ${foreseen.type} is missing`, foreseen, actual);
    if (actual.type !== foreseen.type) this.#fail('another event', foreseen, actual);
    this.#sequence += 1;
    const expected = { ...foreseen, sequence: this.#sequence, at: this.#at };
    const path = difference(expected, actual);
    if (path !== undefined) this.#fail(`${actual.type}: ${path} differs`, expected, actual);
    this.#index += 1;
    return actual;
  }

  end(): void {
    const actual = this.#events[this.#index];
    if (actual !== undefined) this.#fail('an event too many', undefined, actual);
  }
}
