import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen } from '@testing-library/react';
import { Profiler } from 'react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { closePriceConnection, priceConnection } from '../prices/price-connection.ts';
import { PricesProvider } from '../prices/prices-provider.tsx';
import { SettingsProvider } from '../settings/settings-provider.tsx';
import { PriceCell } from './quote-cells.tsx';
import { StatusLine } from './status-line.tsx';
import type { Instrument } from './use-instruments.ts';
import { Watchlist } from './watchlist.tsx';

const settings = { apiUrl: 'http://api.test', wsUrl: 'ws://api.test', profile: 'standalone', locale: 'en-US' } as const;

/** A server at the other end of the page's WebSocket. */
class FakeSocket extends EventTarget {
  static current: FakeSocket;
  constructor() {
    super();
    FakeSocket.current = this;
  }
  send(): void {}
  close(): void {}
  open(): void {
    this.dispatchEvent(new Event('open'));
  }
  frame(frame: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) }));
  }
  lose(): void {
    this.dispatchEvent(new CloseEvent('close', { code: 1006 }));
  }
}

function instrument(base: string): Instrument {
  const steps = { tickSize: '0.01', priceDecimals: 2, quantityStep: '0.01', staleAfterMs: 5_000, downAfterMs: 15_000 };
  const terms: Instrument['terms'] = {
    assetClass: 'crypto',
    quantityMin: '0.10',
    quantityMax: '10000.00',
    priceMin: '0.01',
    priceMax: '100000.00',
    spreadMin: '0.01',
    markUpPercent: '0.02',
    commissionPercent: '0.05',
    commissionMin: '0.00',
    swapLongPercent: '18',
    swapShortPercent: '6',
    swapSchedule: 'daily',
  };
  return { asset: `${base}_USDC`, name: base, base, quote: 'USDC', ...steps, terms };
}

function price(asset: string, bid: string, ask: string, more: object = {}) {
  const mid = (Number(bid) + Number(ask)) / 2;
  return { asset, price: mid, bid, ask, timestamp: 1, status: 'live', source: 'simulated', sequence: 1, ...more };
}

const sol = instrument('SOL');
const btc = instrument('BTC');
const snapshot = [price('SOL_USDC', '101.00', '101.02'), price('BTC_USDC', '99.00', '99.01')].map((quote) => ({
  ...quote,
  startPrice: 100,
}));
let sequence = 0;

function update(...data: ReturnType<typeof price>[]) {
  sequence += 1;
  act(() => {
    FakeSocket.current.frame({ channel: 'prices', type: 'update', sequence, data });
    vi.advanceTimersByTime(20);
  });
}

function show(children: React.ReactNode) {
  const queries = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
  const view = render(
    <QueryClientProvider client={queries}>
      <SettingsProvider settings={settings} nonce={undefined}>
        <PricesProvider initial={[]}>{children}</PricesProvider>
      </SettingsProvider>
    </QueryClientProvider>,
  );
  act(() => {
    FakeSocket.current.open();
    FakeSocket.current.frame({ channel: 'prices', type: 'snapshot', sequence: 0, data: snapshot });
    vi.advanceTimersByTime(20);
  });
  sequence = 0;
  return view;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  document.head.innerHTML = `<meta name="settings" content='${JSON.stringify(settings)}'>`;
  HTMLElement.prototype.animate = vi.fn();
});
afterEach(() => {
  cleanup();
  closePriceConnection();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function table(instruments: readonly Instrument[] | undefined, failed = false) {
  return (
    <Watchlist instruments={instruments} failed={failed} onRetry={() => {}} selected="SOL_USDC" onSelect={() => {}} />
  );
}

function row(name: string): string {
  return screen.getByRole('row', { name: new RegExp(name) }).textContent ?? '';
}

describe('Watchlist', () => {
  test('shows bid, ask, spread, mid and the change since the start', () => {
    show(table([sol, btc]));
    expect(row('SOL/USDC')).toContain('101.00');
    expect(row('SOL/USDC')).toContain('101.02');
    expect(row('SOL/USDC')).toContain('0.02');
    expect(row('SOL/USDC')).toContain('101.010');
    expect(row('SOL/USDC')).toContain('▲+1.01+1.01%');
    expect(row('BTC/USDC')).toContain('▼−1.00−1.00%');
  });

  test('follows the stream', () => {
    show(table([sol, btc]));
    update(price('SOL_USDC', '105.00', '105.04'));
    expect(row('SOL/USDC')).toContain('105.04');
  });

  test('says that a price is old, and how old', () => {
    show(table([sol, btc]));
    update(price('SOL_USDC', '101.00', '101.02', { status: 'stale' }));
    act(() => void vi.advanceTimersByTime(7_000));
    expect(row('SOL/USDC')).toMatch(/Stale[67] s/);
    update(price('SOL_USDC', '101.00', '101.02', { status: 'down' }));
    expect(row('SOL/USDC')).toContain('No feed');
    update(price('SOL_USDC', '101.00', '101.02'));
    expect(row('SOL/USDC')).not.toContain('No feed');
  });

  test('shows every digit of a source that is finer than the tick', () => {
    show(table([sol, btc]));
    update(price('SOL_USDC', '101.095', '101.1'));
    expect(row('SOL/USDC')).toContain('101.095');
    expect(row('SOL/USDC')).toContain('101.100');
    expect(row('SOL/USDC')).toContain('0.005');
    expect(row('SOL/USDC')).toContain('101.0975');
  });

  test('tells a market without a feed from one that is loading', () => {
    show(table([sol, instrument('DOGE')]));
    expect(row('DOGE/USDC')).toContain('No feed');
    expect(row('DOGE/USDC')).not.toMatch(/[0-9]/);
    expect(row('DOGE/USDC')).toContain('–');
  });

  test('marks everything offline while the connection is away', () => {
    show(table([sol, btc]));
    act(() => FakeSocket.current.lose());
    expect(row('SOL/USDC')).toContain('Offline');
    expect(row('BTC/USDC')).toContain('Offline');
  });

  test('has a state for loading, for nothing and for failure', () => {
    const { unmount } = show(table(undefined));
    expect(screen.getByRole('table').getAttribute('aria-busy')).toBe('true');
    unmount();
    const empty = show(table([]));
    expect(screen.getByText('No markets yet')).toBeTruthy();
    empty.unmount();
    show(table(undefined, true));
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
  });
});

describe('cells', () => {
  test('of an asset that did not change are not drawn again', () => {
    const drawn: string[] = [];
    const watch = (id: string) => drawn.push(id);
    show(
      <>
        <Profiler id="sol" onRender={watch}>
          <PriceCell instrument={sol} side="bid" />
        </Profiler>
        <Profiler id="btc" onRender={watch}>
          <PriceCell instrument={btc} side="bid" />
        </Profiler>
      </>,
    );
    drawn.length = 0;
    update(price('BTC_USDC', '98.00', '98.01'));
    // The ask moves, the bid stands.
    update(price('SOL_USDC', '101.00', '101.09'));
    expect(drawn).toEqual(['btc']);
  });
});

describe('StatusLine', () => {
  test('marks what is not a live market and says how the connection is', () => {
    show(<StatusLine />);
    expect(screen.getByText('Simulated prices')).toBeTruthy();
    expect(screen.getByRole('status').textContent).toBe('Connected');
    update(price('SOL_USDC', '101.00', '101.02', { source: 'replay' }));
    expect(screen.getByText('Replayed prices')).toBeTruthy();
    act(() => FakeSocket.current.lose());
    expect(screen.getByRole('status').textContent).toBe('Offline, reconnecting');
    expect(priceConnection().stream.status).toBe('reconnecting');
  });
});
