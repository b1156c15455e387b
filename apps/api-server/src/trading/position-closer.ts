import type { AccountFinder, ItemRecord } from '@repo/db';
import {
  type AllPositionsClosedSchema,
  type ClosePositionSchema,
  type PositionsClosedSchema,
  readCommand,
  type TradeCommand,
} from '@repo/schemas';
import type { ClosePosition, Event } from '@repo/trading-core';
import type { z } from 'zod';
import { carryOut } from './carry-out.ts';
import { itemId, parseItemId } from './item-id.ts';
import type { NamedCommands } from './named-commands.ts';
import { presentFills } from './present/present-answer.ts';
import type { TradeCommands } from './trade-commands.ts';

type Request = z.infer<typeof ClosePositionSchema>;
type Closed = z.infer<typeof PositionsClosedSchema>;

/** Closes positions, one or all. */
export class PositionCloser {
  readonly #commands: Pick<TradeCommands, 'ask'>;
  readonly #named: NamedCommands;
  readonly #finder: Pick<AccountFinder, 'openPositionsOf'>;

  constructor(options: {
    readonly commands: Pick<TradeCommands, 'ask'>;
    readonly named: NamedCommands;
    readonly finder: Pick<AccountFinder, 'openPositionsOf'>;
  }) {
    this.#commands = options.commands;
    this.#named = options.named;
    this.#finder = options.finder;
  }

  /**
   * Closes a position or a part of it; with a name once, however often it is asked for.
   *
   * @throws RefusedError, TradingBusyError, TradingUnavailableError, DatabaseUnavailableError
   */
  async close(positionId: string, { accountId, asset }: ItemRecord, request: Request): Promise<Closed> {
    const { clientRequestId, maxSlippage, ...asked } = request;
    const { number } = parseItemId(positionId);
    const data = { positionId: number, ...asked, ...(maxSlippage !== undefined && { slippageMax: maxSlippage }) };
    const command = { type: 'close-position', accountId, data } as const;
    const about = { asset, asked: request };
    if (clientRequestId === undefined) return present(await carryOut(this.#commands, command, about));
    const message = { type: 'close-position', accountId, data } as TradeCommand;
    const { quantity } = readCommand(message, 0, () => asset) as ClosePosition;
    const isDoneBy = (events: readonly Event[]) => {
      const first = events.find((event) => 'fill' in event);
      if (first?.fill.positionId !== number) return false;
      return quantity === undefined ? first.type === 'position-closed' : first.fill.quantity === quantity;
    };
    return present(await this.#named.carryOut({ command, clientRequestId, about, isDoneBy }));
  }

  /** Closes all positions of an account, or those in one asset, as far as there are prices. @throws as `close` does. */
  async closeAll(accountId: string, asset?: string): Promise<z.infer<typeof AllPositionsClosedSchema>> {
    const data = { ...(asset !== undefined && { asset }) };
    const done = await carryOut(this.#commands, { type: 'close-all-positions', accountId, data }, { asset });
    const remaining = await this.#finder.openPositionsOf(accountId, asset);
    return { ...present(done), remaining: remaining.map(({ shard, id }) => itemId(shard, id)) };
  }
}

function present({ shard, events }: { readonly shard: number; readonly events: readonly Event[] }): Closed {
  return presentFills(events, shard);
}
