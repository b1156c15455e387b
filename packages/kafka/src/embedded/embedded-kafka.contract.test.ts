import { kafkaContract } from '../contract.ts';
import { EmbeddedBroker } from './broker.ts';

kafkaContract('the embedded broker', async () => {
  const broker = new EmbeddedBroker();
  const kafka = broker.connect();
  return {
    kafka,
    second: async () => broker.connect(),
    interrupt: async () => {
      broker.interrupt();
      return async () => broker.restore();
    },
    close: () => kafka.close(),
  };
});
