/** An open position as public look-alikes keep it. */
export interface NaivePosition {
  readonly asset: string;
  readonly isLong: boolean;
  readonly openPrice: number;
  readonly quantity: number;
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  readonly account: { balance: number; equity: number };
  pnl: number;
}

/**
 * The loop of public look-alikes: all open positions in an array, and with every quote each one of the asset gets its
 * profit and loss, its account's equity, and a look at its levels.
 *
 * @returns how many it closed; they have left `open`.
 */
export function naiveQuote(open: NaivePosition[], asset: string, bid: number, ask: number): number {
  const closed = new Set<NaivePosition>();
  for (const position of open) {
    if (position.asset !== asset) continue;
    const price = position.isLong ? bid : ask;
    const pnl = (position.isLong ? price - position.openPrice : position.openPrice - price) * position.quantity;
    position.account.equity += pnl - position.pnl;
    position.pnl = pnl;
    const { stopLoss, takeProfit } = position;
    const isStopped = stopLoss !== null && (position.isLong ? price <= stopLoss : price >= stopLoss);
    const isTaken = takeProfit !== null && (position.isLong ? price >= takeProfit : price <= takeProfit);
    if (isStopped || isTaken) closed.add(position);
  }
  if (closed.size === 0) return 0;
  for (const { account, pnl } of closed) account.balance += pnl;
  let kept = 0;
  for (const position of open) {
    if (closed.has(position)) continue;
    open[kept] = position;
    kept += 1;
  }
  open.length = kept;
  return closed.size;
}
