import { type FaultProxy, type ProxyTarget, startFaultProxy } from './fault-proxy.ts';

/** Fault proxies in front of all brokers of a Kafka cluster, which clients do not get around. */
export interface KafkaFaultProxy
  extends Pick<FaultProxy, 'cut' | 'reset' | 'blackHole' | 'delay' | 'restore' | 'close'> {
  /** Addresses for clients, `host:port`, in the order of the brokers. */
  readonly brokers: readonly string[];
  /** One for each broker. */
  readonly proxies: readonly FaultProxy[];
}

/**
 * Starts a proxy in front of each broker (`127.0.0.1:port`). Clients connect to the addresses that brokers tell them, so
 * those are changed on the way to the proxies' own. That needs no TLS on the way, and brokers that name themselves by
 * 127.0.0.1.
 */
export async function startKafkaFaultProxy(brokers: readonly string[]): Promise<KafkaFaultProxy> {
  const targets = brokers.map(targetOf);
  const changes: { readonly from: Buffer; readonly to: Buffer }[] = [];
  const rewrite = (chunk: Buffer) => {
    for (const { from, to } of changes) {
      for (let at = chunk.indexOf(from); at !== -1; at = chunk.indexOf(from, at + to.length)) to.copy(chunk, at);
    }
  };
  const proxies = await Promise.all(targets.map((target) => startFaultProxy(target, { rewrite })));
  proxies.forEach(({ port }, index) => {
    changes.push({ from: encoded(targets[index]?.port ?? 0), to: encoded(port) });
  });
  const each = (action: (proxy: FaultProxy) => void) => {
    for (const proxy of proxies) action(proxy);
  };
  const all = async (action: (proxy: FaultProxy) => Promise<void>) => {
    await Promise.all(proxies.map(action));
  };
  return {
    brokers: proxies.map(({ port }) => `${HOST}:${port}`),
    proxies,
    cut: () => all((proxy) => proxy.cut()),
    reset: () => each((proxy) => proxy.reset()),
    blackHole: () => each((proxy) => proxy.blackHole()),
    delay: (ms) => each((proxy) => proxy.delay(ms)),
    restore: () => all((proxy) => proxy.restore()),
    close: () => all((proxy) => proxy.close()),
  };
}

const HOST = '127.0.0.1';

/** An address as Kafka writes it: the host, and the port in 32 bits. */
function encoded(port: number): Buffer {
  const buffer = Buffer.alloc(HOST.length + 4);
  buffer.write(HOST);
  buffer.writeInt32BE(port, HOST.length);
  return buffer;
}

function targetOf(broker: string): ProxyTarget {
  const match = /^127\.0\.0\.1:([0-9]+)$/.exec(broker);
  if (match === null) throw new RangeError(`${broker} is not a port of 127.0.0.1`);
  return { host: HOST, port: Number(match[1]) };
}
