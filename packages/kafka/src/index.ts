export { EmbeddedBroker, type EmbeddedBrokerOptions } from './embedded/broker.ts';
export { createEmbeddedKafka } from './embedded/create-embedded-kafka.ts';
export * from './follow-topic.ts';
export type { Received } from './parse-message.ts';
export * from './port.ts';
export * from './publisher.ts';
export * from './topic-consumer.ts';
