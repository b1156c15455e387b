import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, ApiError, createApiClient, everyItem, NetworkError } from '@repo/client';
import { createCookieJar } from '@repo/client/node';
import { AccountWatch } from './account-watch.ts';
import { help, type Options, readOptions, UsageError } from './options.ts';
import { readCode } from './read-code.ts';
import { TimeUpError } from './time-up-error.ts';

// The life of a position that goes wrong, through the SDK alone: from the sign-up to the reason of its end.

/** Notional ÷ money in the account: a fall by a fifth takes all of it. */
const LEVERAGE = 5;
/** How far away the levels are. The stop loss is further than the money lasts: the broker's stop-out comes first. */
const STOP_LOSS_AT = 0.6;
const TAKE_PROFIT_AT = 1.6;
/** Bought only this near the price that the recording starts with: in the gap there would be nothing left to fall. */
const NEAR = 0.05;
/** Sent again for so long when no answer comes: the name of the request keeps it from being done twice. */
const RETRY = { retryForMs: 30_000 };

const say = (text: string) => process.stdout.write(`${text}\n`);
const step = (text: string) => say(`\n▸ ${text}`);
const show = (name: string, value: string | number | null) => say(`    ${name.padEnd(16)} ${value ?? '–'}`);

async function main(options: Options): Promise<void> {
  const cookies = createCookieJar();
  const api = createApiClient({ baseUrl: options.api, origin: options.origin, cookies });

  step(`Sign up as ${options.email}`);
  await api.signup({ email: options.email, password: options.password });
  const otp = await readCode(api, options);
  await api.verifyOtp({ email: options.email, otp });
  say(`  the code ${otp} was right`);

  step('The demo account, funded by the house');
  const account = await api.account();
  show('account', account.id);
  show('mode, profile', `${account.mode}, ${account.profile}`);
  show('balance', `${account.balance} ${account.currency}`);

  const watch = new AccountWatch({ ws: options.ws, origin: options.origin, cookies });
  try {
    await trade(api, watch, options);
  } finally {
    watch.close();
  }
}

async function trade(api: ApiClient, watch: AccountWatch, options: Options): Promise<void> {
  const { asset, waitMs } = options;
  const { balance } = await watch.until('the first word of the channel `account`', waitMs, () => watch.account);

  step(`Buy ${asset} for ${LEVERAGE} times the money`);
  const { fills } = await buy(api, options, LEVERAGE * Number(balance));
  const [opening] = fills;
  if (opening === undefined) throw new Error('The order was accepted, and not filled.');
  show('bought', `${opening.quantity} at ${opening.price}`);
  show('commission', opening.commission);
  show('used margin', (await api.account()).usedMargin);

  step('Set a stop loss and a take profit');
  const at = (share: number) => (Number(opening.price) * share).toFixed(decimalsOf(opening.price));
  const levels = { stopLoss: at(STOP_LOSS_AT), takeProfit: at(TAKE_PROFIT_AT) };
  await setLevels(api, opening.positionId, levels);

  step('Watch it (the channel `account`), until the gap');
  const closing = await watchUntilClosed(watch, opening.positionId, waitMs);

  step('Why it was closed');
  await explain(api, closing.id);
  await showBooks(api);
  if (closing.rule !== 'stop-out') throw new Error(`The position was closed by ${closing.rule}, not by a stop-out.`);
}

/** Buys at the price that was seen, or very near it: what the gap has changed meanwhile is not wanted. */
async function buy(api: ApiClient, options: Options, notional: number) {
  const clientOrderId = crypto.randomUUID();
  for (;;) {
    const seenPrice = await calmAsk(api, options);
    const maxSlippage = (Number(seenPrice) * NEAR).toFixed(decimalsOf(seenPrice));
    const quantity = Math.floor(notional / Number(seenPrice)).toString();
    const order = { asset: options.asset, side: 'buy', type: 'market', quantity, seenPrice, maxSlippage } as const;
    try {
      return await api.placeOrder({ clientOrderId, ...order }, RETRY);
    } catch (error) {
      // A refusal does not use the order's name up.
      if (!(error instanceof ApiError && ['slippage-exceeded', 'price-not-live'].includes(error.code))) throw error;
      say(`  not now: ${error.message}`);
    }
  }
}

/** Waits for a live price near the one that the recording starts with. */
async function calmAsk(api: ApiClient, { asset, waitMs }: Options): Promise<string> {
  let isTold = false;
  for (const endMs = performance.now() + waitMs; performance.now() < endMs; await sleep(250)) {
    const price = (await api.prices()).prices.find((one) => one.asset === asset);
    if (price?.status === 'live' && Math.abs(price.price / price.startPrice - 1) < NEAR) return price.ask;
    if (!isTold) say(`  waiting for a live price of ${asset} outside of the gap …`);
    isTold = true;
  }
  throw new TimeUpError(`there was no live price of ${asset} outside of the gap`);
}

/** The gap may have been quicker: then there is no position any more, and that is what is shown. */
async function setLevels(
  api: ApiClient,
  positionId: string,
  levels: { readonly stopLoss: string; readonly takeProfit: string },
): Promise<void> {
  try {
    const { position } = await api.modifyPosition(positionId, levels);
    show('stop loss', position.stopLoss ?? null);
    show('take profit', position.takeProfit ?? null);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'position-not-open')) throw error;
    say('  too late: the gap was quicker');
  }
}

async function watchUntilClosed(watch: AccountWatch, positionId: string, waitMs: number) {
  let toldAtMs = 0;
  const tell = () => {
    const { account } = watch;
    if (account === undefined || performance.now() - toldAtMs < 2_000) return;
    toldAtMs = performance.now();
    say(`    equity ${account.equity}, margin level ${account.marginLevel ?? '–'} %`);
  };
  const stop = watch.onChange(tell);
  tell();
  try {
    const closing = await watch.until('a gap', waitMs, () =>
      watch.fills.find((fill) => fill.positionId === positionId && fill.side === 'sell'),
    );
    for (const { type, figures } of watch.notices) say(`    ${type}: ${inWords(figures)}`);
    show('sold', `${closing.quantity} at ${closing.price} by ${closing.rule}`);
    return closing;
  } finally {
    stop();
  }
}

async function explain(api: ApiClient, fillId: string): Promise<void> {
  const { sentences, realizedPnl, stopOut } = await api.explainFill(fillId);
  for (const sentence of sentences) say(`  ${sentence}`);
  if (realizedPnl !== undefined) {
    say('  In figures: (price × quantity − cost) is what was realized');
    for (const name of ['price', 'quantity', 'cost', 'result'] as const) show(name, realizedPnl[name]);
  }
  if (stopOut !== undefined) {
    say('  The account as it was found');
    for (const name of ['balance', 'equity', 'usedMargin', 'marginLevel', 'threshold'] as const) {
      show(name, stopOut[name]);
    }
    for (const { asset, longQuantity, longOpenPrice, bid, unrealizedPnl } of stopOut.legs) {
      show(asset, `${longQuantity} from ${longOpenPrice} to ${bid}: ${unrealizedPnl}`);
    }
  }
}

async function showBooks(api: ApiClient): Promise<void> {
  step('The ledger, newest first');
  for await (const { at, amount, cause } of everyItem(api.ledger, {})) {
    say(`    ${new Date(at).toISOString()}  ${amount.padStart(14)}  ${cause}`);
  }

  step('The statement');
  const { openingBalance, closingBalance, currency, totals } = await api.statement();
  show('at the start', `${openingBalance} ${currency}`);
  for (const [name, total] of Object.entries(totals)) show(name, total);
  show('at the end', `${closingBalance} ${currency}`);
}

const decimalsOf = (price: string) => price.split('.')[1]?.length ?? 0;

const inWords = (figures: Readonly<Record<string, unknown>>) =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');

function tellFailure(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`✗ ${error.message}\n  npm run stopped-out -w examples -- --help says what there is.\n`);
    return 2;
  }
  if (error instanceof ApiError) {
    process.stderr.write(`✗ The broker refused: ${error.message} (${error.code}, HTTP ${error.status})\n`);
    const figures = inWords(error.figures);
    if (figures !== '') process.stderr.write(`  ${figures}\n`);
    for (const { path, message } of error.problem.errors ?? []) process.stderr.write(`  ${path}: ${message}\n`);
  } else if (error instanceof NetworkError) {
    process.stderr.write(`✗ No answer (${error.message}). Is the broker running? npm start starts it; see --help.\n`);
  } else {
    process.stderr.write(`✗ ${error instanceof Error ? error.message : String(error)}\n`);
  }
  return error instanceof TimeUpError ? 3 : 1;
}

process.on('SIGINT', () => process.exit(130));
try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) say(help.trim());
  else await main(options);
} catch (error) {
  process.exitCode = tellFailure(error);
}
