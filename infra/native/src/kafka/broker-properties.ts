import { HOST, type ServerPorts } from '../ports.ts';

/** The settings of one broker of a cluster whose every broker is also a controller. */
export function brokerProperties(options: {
  /** From 1. */
  readonly id: number;
  readonly ports: ServerPorts['kafka'];
  readonly dataDir: string;
}): Readonly<Record<string, string | number | boolean>> {
  const { id, ports, dataDir } = options;
  const own = ports[id - 1];
  if (own === undefined) throw new RangeError(`there is no broker ${id}`);
  const listeners = `CLIENT://${HOST}:${own.client},CONTROLLER://${HOST}:${own.controller}`;
  const replicas = ports.length;
  const replicasInSyncMin = replicas >= 3 ? 2 : 1;
  return {
    'process.roles': 'broker,controller',
    'node.id': id,
    // Voters by address and not in the log: the data may be started again on other ports.
    'controller.quorum.voters': ports.map(({ controller }, index) => `${index + 1}@${HOST}:${controller}`).join(','),
    listeners,
    'advertised.listeners': listeners,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'CLIENT',
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': dataDir,
    'auto.create.topics.enable': false,
    'default.replication.factor': replicas,
    'min.insync.replicas': replicasInSyncMin,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': replicasInSyncMin,
    'offsets.topic.num.partitions': 6,
    'transaction.state.log.num.partitions': 6,
    'group.initial.rebalance.delay.ms': 0,
    // A killed consumer's partitions, and a killed broker's place, are given on within seconds.
    'group.consumer.min.session.timeout.ms': 6000,
    'group.consumer.session.timeout.ms': 10_000,
    'group.consumer.min.heartbeat.interval.ms': 1000,
    'group.consumer.heartbeat.interval.ms': 2000,
    'broker.session.timeout.ms': 4000,
    'broker.heartbeat.interval.ms': 1000,
    // Small enough for a laptop beside everything else.
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
  };
}
