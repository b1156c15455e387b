import { Gauge, type Registry } from 'prom-client';

/** A reader of topics that can tell how far it is behind. */
export interface TopicReader {
  lag(): Promise<readonly { topic: string; partition: number; lag: number }[]>;
}

const ANSWER_TIMEOUT_MS = 1_000;
const watched = new WeakMap<Registry, [group: string, reader: TopicReader][]>();

/**
 * Shows how many records each reader is behind, as `cfd_<service>_consumer_lag_records`. Asked when somebody asks for
 * the figures; a reader that does not know within a second, as when the brokers are away, is left out.
 *
 * @param readers by the name of their consumer group; `broadcast` for those that read all partitions without one.
 */
export function watchConsumerLag(
  registry: Registry,
  service: string,
  readers: Readonly<Record<string, TopicReader>>,
): void {
  const known = watched.get(registry);
  if (known !== undefined) {
    known.push(...Object.entries(readers));
    return;
  }
  const all = Object.entries(readers);
  watched.set(registry, all);
  new Gauge({
    name: `cfd_${service}_consumer_lag_records`,
    help: 'Records not handled yet, of the partitions read here',
    labelNames: ['group', 'topic', 'partition'] as const,
    registers: [registry],
    async collect() {
      const lags = await Promise.all(all.map(async ([group, reader]) => ({ group, places: await lagOf(reader) })));
      // A partition that another process reads now must not stay here.
      this.reset();
      for (const { group, places } of lags) {
        for (const { topic, partition, lag } of places) this.set({ group, topic, partition }, lag);
      }
    },
  });
}

async function lagOf(reader: TopicReader): ReturnType<TopicReader['lag']> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<[]>((resolve) => {
    timer = setTimeout(resolve, ANSWER_TIMEOUT_MS, []);
  });
  try {
    return await Promise.race([reader.lag(), late]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}
