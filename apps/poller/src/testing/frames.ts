/** As captured; only the symbol, the prices and `u` are the test's. */
export function backpackFrame(symbol: string, bid: string, ask: string, u: number | string): string {
  const data = {
    A: '19.60',
    B: '56.02',
    E: 1736172777506225,
    T: 1736172777497712,
    a: ask,
    b: bid,
    e: 'bookTicker',
    s: symbol,
    u,
  };
  return JSON.stringify({ data, stream: `bookTicker.${symbol}` });
}

/** As captured on `/ws`. */
export function binanceFrame(symbol: string, bid: string, ask: string, u: number): string {
  return JSON.stringify({ u, s: symbol, b: bid, B: '31.21000000', a: ask, A: '40.66000000' });
}

/** As captured on `/stream`. */
export function binanceCombinedFrame(symbol: string, bid: string, ask: string, u: number): string {
  return `{"stream":"${symbol.toLowerCase()}@bookTicker","data":${binanceFrame(symbol, bid, ask, u)}}`;
}

export const recordedBackpackFrame =
  '{"data":{"A":"19.60","B":"56.02","E":1736172777506225,"T":1736172777497712,"a":"218.61","b":"218.58","e":"bookTicker","s":"SOL_USDC","u":1802083092},"stream":"bookTicker.SOL_USDC"}';

export const recordedBackpackError = '{"id":null,"error":{"code":4006,"message":"Invalid stream"}}';

export const recordedBinanceFrame =
  '{"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000"}';
