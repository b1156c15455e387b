import { openAccount } from './accounts/open-account.ts';
import type { Command } from './command.ts';
import type { Event } from './event.ts';
import { listInstrument } from './instruments/list-instrument.ts';
import { adjustBalance, deposit, withdraw } from './ledger/move-money.ts';
import { setTradingState } from './limits/set-trading-state.ts';
import { cancelAllOrders, cancelOrder } from './orders/cancel-order.ts';
import { expireOrders } from './orders/expire-orders.ts';
import { modifyOrder } from './orders/modify-order.ts';
import { placeOrder } from './orders/place-order.ts';
import type { Outcome, Repeated } from './outcome.ts';
import { closeAllPositions, closePosition } from './positions/close-position.ts';
import { modifyPosition } from './positions/modify-position.ts';
import type { Refused } from './refusal.ts';
import type { Decision } from './shard/decision.ts';
import type { Shard } from './shard/shard.ts';
import { chargeSwaps } from './swap/charge-swaps.ts';

/**
 * Decides a command on the state of a shard and applies what follows. A refusal changes nothing. Quotes come in through
 * `receiveQuote`.
 *
 * @throws only on a bug: the state is then no longer to be trusted, and is to be loaded again.
 */
export function decide(shard: Shard, command: Command): Outcome {
  const events: Event[] = [];
  const answer = decideOn({ shard, at: command.at, events }, command);
  return answer ?? { type: 'accepted', events };
}

function decideOn(decision: Decision, command: Command): Refused | Repeated | undefined {
  switch (command.type) {
    case 'place-order':
      return placeOrder(decision, command);
    case 'modify-order':
      return modifyOrder(decision, command);
    case 'cancel-order':
      return cancelOrder(decision, command);
    case 'cancel-all-orders':
      return cancelAllOrders(decision, command);
    case 'modify-position':
      return modifyPosition(decision, command);
    case 'close-position':
      return closePosition(decision, command);
    case 'close-all-positions':
      return closeAllPositions(decision, command);
    case 'deposit':
      return deposit(decision, command);
    case 'withdraw':
      return withdraw(decision, command);
    case 'adjust-balance':
      return adjustBalance(decision, command);
    case 'advance-time':
      expireOrders(decision);
      chargeSwaps(decision);
      return undefined;
    case 'open-account':
      return openAccount(decision, command);
    case 'list-instrument':
      return listInstrument(decision, command);
    case 'set-trading-state':
      return setTradingState(decision, command);
  }
}
