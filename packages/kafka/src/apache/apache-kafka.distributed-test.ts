import { type KafkaFaultProxy, startKafkaFaultProxy } from '@repo/testing/faults';
import { kafkaContract } from '../contract.ts';
import { createApacheKafka } from './create-apache-kafka.ts';
import { brokersUnderTest } from './testing/brokers.ts';

/** Takes the brokers away in one way and brings them back. */
type Interruption = (proxy: KafkaFaultProxy) => void | Promise<void>;

const interruptions: Record<string, Interruption> = {
  'refuse connections': (proxy) => proxy.cut(),
  'say nothing': (proxy) => proxy.blackHole(),
};

for (const [how, interrupt] of Object.entries(interruptions)) {
  kafkaContract(`Apache Kafka, whose brokers ${how} when they are away,`, async () => {
    const proxy = await startKafkaFaultProxy(brokersUnderTest());
    const connect = () => createApacheKafka({ brokers: proxy.brokers, clientId: 'contract' });
    const clients = [connect()];
    return {
      kafka: clients[0] as ReturnType<typeof connect>,
      second: async () => {
        const client = connect();
        clients.push(client);
        return client;
      },
      interrupt: async () => {
        await interrupt(proxy);
        return () => proxy.restore();
      },
      close: async () => {
        await Promise.all(clients.map((client) => client.close()));
        await proxy.close();
      },
    };
  });
}
