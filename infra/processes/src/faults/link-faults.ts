import { type Fault, harmless } from './fault.ts';
import type { Link } from './links.ts';

const LATENCY_MS = 150;
const LATENCY_LASTS_MS = 3_000;
/** Longer than anybody waits for an answer: 5 s for the user store, 5.3 s for PostgreSQL. */
const BLACK_HOLE_LASTS_MS = 6_500;

/** What may happen on the way from a service to a server: slow, silent, cut off. */
export function linkFaults({ name, faults, away }: Link): readonly Fault[] {
  return [
    {
      ...harmless,
      name: `${name}: ${LATENCY_MS} ms late each way`,
      disturbs: away,
      lastsMs: LATENCY_LASTS_MS,
      inflict: async () => {
        faults.delay(LATENCY_MS);
        return { ends: [], heal: () => faults.restore() };
      },
    },
    {
      ...harmless,
      name: `${name}: black hole`,
      away,
      disturbs: away,
      lastsMs: BLACK_HOLE_LASTS_MS,
      inflict: async () => {
        faults.blackHole();
        return { ends: [], heal: () => faults.restore() };
      },
    },
    {
      ...harmless,
      name: `${name}: reset`,
      disturbs: away,
      inflict: async () => {
        faults.reset();
        return { ends: [] };
      },
    },
  ];
}
