import { connectPriceClients } from '../price-clients.ts';
import type { RecordedFrame } from '../recorded-quotes.ts';
import type { Figure } from '../report.ts';
import { PriceMeasure } from './price-measure.ts';
import type { PlayedStack } from './price-path.ts';

/** The same clients at one of two api-servers, and shared between them, in turns. */
export async function measureTwoInstances(
  { stack, exchange }: PlayedStack,
  pieces: readonly (readonly RecordedFrame[])[],
  clients: number,
): Promise<Figure[]> {
  const ways = [
    { ports: stack.wsPorts.slice(0, 1), measure: new PriceMeasure() },
    { ports: stack.wsPorts, measure: new PriceMeasure() },
  ];
  for (const piece of pieces) {
    for (const { ports, measure } of ways) {
      const connected = await connectPriceClients(ports, clients);
      await measure.play(stack, exchange, connected, piece);
      connected.close();
    }
    ways.reverse();
  }
  const [one, two] = ways.toSorted((a, b) => a.ports.length - b.ports.length) as [(typeof ways)[0], (typeof ways)[0]];
  const figures = [
    ['p50', 'ms', (measure: PriceMeasure) => measure.latency(50)],
    ['p99', 'ms', (measure: PriceMeasure) => measure.latency(99)],
    ['CPU of the api-servers', '% of a core', (measure: PriceMeasure) => measure.cpu('api-server')],
  ] as const;
  const half = Math.ceil(clients / 2);
  return figures.flatMap(([what, unit, of]) => [
    { what: `${clients} at one of two: ${what}`, value: of(one.measure), unit },
    {
      what: `${half} at each of two: ${what}`,
      value: of(two.measure),
      unit,
      limit: { name: 'at one', value: of(one.measure) },
    },
  ]);
}
