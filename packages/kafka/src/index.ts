export * from './port.ts';
export * from './publisher.ts';
export * from './topic-consumer.ts';
