import type { FirstAnswer, FirstAnswerReader } from '@repo/db';
import type { Event } from '@repo/trading-core';
import { type CarriedOut, carriedOut } from './carry-out.ts';
import { Coalesced } from './coalesced.ts';
import type { RefusalContext } from './present/present-figures.ts';
import { RefusedError } from './refused-error.ts';
import type { AskedCommand, TradeCommands } from './trade-commands.ts';
import { type NamedCommand, namedCommandId } from './trading-ids.ts';

/** Commands that are looked up with one query, at most. */
const LOOKUPS_MAX = 500;
/** Tries that are looked up at once, and that a name is good for. */
const ATTEMPTS_AT_ONCE = 4;
const ATTEMPTS_MAX = 64;

export interface NamedRequest {
  readonly command: AskedCommand<NamedCommand>;
  readonly clientRequestId: string;
  readonly about?: Omit<RefusalContext, 'shard'>;
  /** Whether what was done under the name is what is asked for now. */
  readonly isDoneBy: (events: readonly Event[]) => boolean;
  /** Asked before the command is sent; throws when it may not be. */
  readonly check?: () => Promise<void>;
}

/**
 * Carries out what its client has named, once: the id of the command follows from the name. A refusal does not use the
 * name up: the next try has the next id, so that of any number of tries one at most has an effect.
 */
export class NamedCommands {
  readonly #commands: Pick<TradeCommands, 'ask'>;
  readonly #known: Coalesced<string, FirstAnswer | undefined>;

  constructor(options: { readonly commands: Pick<TradeCommands, 'ask'>; readonly answers: FirstAnswerReader }) {
    this.#commands = options.commands;
    this.#known = new Coalesced((ids) => options.answers.ofCommands(ids), LOOKUPS_MAX);
  }

  /** @throws RefusedError, TradingBusyError, TradingUnavailableError, DatabaseUnavailableError */
  async carryOut(request: NamedRequest): Promise<CarriedOut> {
    const { command, check, about, clientRequestId } = request;
    const { accountId, type } = command;
    const { known, commandId } = await this.#find(accountId, type, clientRequestId);
    if (known === undefined) await check?.();
    const done = carriedOut(known ?? (await this.#commands.ask({ ...command, commandId })), about);
    if (!request.isDoneBy(done.events)) throw duplicateRequest(clientRequestId);
    return done;
  }

  /** What was done under the name, or refused with the last id that it is good for; else the id that is next. */
  async #find(
    accountId: string,
    type: NamedCommand,
    clientRequestId: string,
  ): Promise<{ readonly known: FirstAnswer | undefined; readonly commandId: string }> {
    let last: { readonly known: FirstAnswer | undefined; readonly commandId: string } | undefined;
    for (let first = 0; first < ATTEMPTS_MAX; first += ATTEMPTS_AT_ONCE) {
      const ids = Array.from({ length: ATTEMPTS_AT_ONCE }, (_, index) =>
        namedCommandId(accountId, type, clientRequestId, first + index),
      );
      const answers = await Promise.all(ids.map((id) => this.#known.ask(id)));
      // What was done counts, also where the refusals before it have been forgotten.
      const done = answers.findIndex((known) => known?.outcome.type === 'accepted');
      if (done >= 0) return { known: answers[done], commandId: ids[done] as string };
      for (const [index, known] of answers.entries()) {
        last = { known, commandId: ids[index] as string };
        if (known?.outcome.type !== 'refused') return last;
      }
    }
    return last as NonNullable<typeof last>;
  }
}

/** The name is that of another request. */
export function duplicateRequest(clientRequestId: string): RefusedError {
  const detail = `The clientRequestId ${clientRequestId} is that of another request.`;
  return new RefusedError('duplicate-client-request-id', detail, { clientRequestId }, false);
}
