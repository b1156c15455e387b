import type { Exchange } from '../exchange.ts';
import { connectPriceClients } from '../price-clients.ts';
import type { RecordedFrame } from '../recorded-quotes.ts';
import type { Figure } from '../report.ts';
import type { BenchStack } from './bench-stack.ts';
import { PriceMeasure } from './price-measure.ts';

export interface PlayedStack {
  readonly stack: BenchStack;
  readonly exchange: Exchange;
}

/** The price path of both profiles, which are played the pieces in turns while the other has nothing to do. */
export async function measurePricePath(
  stacks: Readonly<Record<'standalone' | 'distributed', PlayedStack>>,
  pieces: readonly (readonly RecordedFrame[])[],
  clients: number,
): Promise<Figure[]> {
  const names = ['standalone', 'distributed'] as const;
  const connected = {
    standalone: await connectPriceClients(stacks.standalone.stack.wsPorts, clients),
    distributed: await connectPriceClients(stacks.distributed.stack.wsPorts, clients),
  };
  const measured = { standalone: new PriceMeasure(), distributed: new PriceMeasure() };
  for (const [index, piece] of pieces.entries()) {
    for (const name of index % 2 === 0 ? names : names.toReversed()) {
      const { stack, exchange } = stacks[name];
      await measured[name].play(stack, exchange, connected[name], piece);
    }
  }
  for (const name of names) connected[name].close();
  const who = `${clients} client${clients === 1 ? '' : 's'}`;
  const pair = (what: string, unit: string, of: (measure: PriceMeasure) => number): Figure[] => {
    const value = of(measured.standalone);
    return [
      { what: `standalone, ${who}: ${what}`, value, unit },
      {
        what: `distributed, ${who}: ${what}`,
        value: of(measured.distributed),
        unit,
        limit: { name: 'standalone', value },
      },
    ];
  };
  return [
    ...pair('p50', 'ms', (measure) => measure.latency(50)),
    ...pair('p99', 'ms', (measure) => measure.latency(99)),
    ...pair('CPU of the services', '% of a core', (measure) => measure.cpu()),
    ...names.map((name) => ({
      what: `${name}, ${who}: frames no update held`,
      value: measured[name].uncovered,
      unit: `of ${measured[name].frames}`,
    })),
  ];
}
