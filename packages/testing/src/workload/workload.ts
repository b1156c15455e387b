import type { Command, Outcome, PlaceOrder, Quote, Shard } from '@repo/trading-core';
import { workloadInstruments } from './instruments.ts';
import { makeMistake } from './make-mistake.ts';
import { makeFirstDeposit, makeMoney } from './make-money.ts';
import { makeAccount, makeOperation } from './make-operation.ts';
import { makeCancellation, makeOrder, makeOrderChange } from './make-order.ts';
import { makeClosing, makePositionChange } from './make-position-change.ts';
import { makeQuote } from './make-quote.ts';
import { type Mood, moods } from './mood.ts';
import { OpenItems } from './open-items.ts';
import { Prng } from './prng.ts';
import type { Scene } from './scene.ts';

export type Input = Command | Quote;

const ACCOUNTS = 240;
const START = Date.UTC(2026, 0, 1);
const MOOD_CHANGE = 1 / 15_000;
/** Above it nothing opens for a while. */
const OPEN_MAX = 1_200;

/**
 * Makes inputs for a shard, the same for the same seed, biased to where rules can be wrong: accounts at their margin
 * levels, quotes at levels and a tick off, gaps, halts, prices that are not live, and every kind of mistake.
 */
export class Workload {
  readonly #scene: Scene;
  #lastOrder: PlaceOrder | undefined;
  /** The account that has no money yet. */
  #newAccount: string | undefined;

  /** @param shard a new one; it is read, to aim at what matters. */
  constructor(seed: number, shard: Shard) {
    this.#scene = {
      random: new Prng(seed),
      shard,
      open: new OpenItems(),
      instruments: workloadInstruments,
      accounts: [],
      quotes: new Map(),
      mood: moods[0] as Mood,
      at: START,
      serial: 0,
    };
  }

  next(): Input {
    const scene = this.#scene;
    scene.at += scene.random.between(0, 400);
    const unlisted = scene.instruments[scene.shard.markets.size];
    if (unlisted !== undefined) return { type: 'list-instrument', at: scene.at, terms: unlisted.terms };
    if (this.#newAccount !== undefined) return makeFirstDeposit(scene, this.#newAccount);
    if (scene.accounts.length < ACCOUNTS) return makeAccount(scene);
    if (scene.random.chance(MOOD_CHANGE)) scene.mood = scene.random.pick(moods);
    const command = scene.random.chance(scene.mood.quotes) ? undefined : this.#command();
    return command ?? makeQuote(scene);
  }

  learn(input: Input, outcome: Outcome): void {
    if (outcome.type !== 'accepted') return;
    const { quotes, accounts, open } = this.#scene;
    if (!('type' in input)) quotes.set(input.asset, input);
    else if (input.type === 'open-account') {
      accounts.push(input.accountId);
      if (input.deposit === undefined) this.#newAccount = input.accountId;
    } else if (input.type === 'deposit') this.#newAccount = undefined;
    else if (input.type === 'place-order') this.#lastOrder = input;
    for (const event of outcome.events) open.learn(event);
  }

  #command(): Command | undefined {
    const scene = this.#scene;
    const { orders, positions } = scene.open;
    const isFull = positions.items.length + orders.items.length > OPEN_MAX;
    const way = scene.random.weighted({
      order: isFull ? 10 : 56,
      change: 7,
      cancel: isFull ? 20 : 3,
      levels: 7,
      close: isFull ? 30 : 5,
      money: 11,
      operation: scene.mood.operations,
      mistake: 4,
    });
    switch (way) {
      case 'order':
        return makeOrder(scene);
      case 'change':
        return makeOrderChange(scene);
      case 'cancel':
        return makeCancellation(scene);
      case 'levels':
        return makePositionChange(scene);
      case 'close':
        return makeClosing(scene);
      case 'money':
        return makeMoney(scene);
      case 'operation':
        return makeOperation(scene);
      case 'mistake':
        return makeMistake(scene, this.#lastOrder);
    }
  }
}
