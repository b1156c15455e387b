/** The brokers that `npm run test:distributed` started, as `KAFKA_BROKERS` names them. */
export function brokersUnderTest(): readonly string[] {
  const brokers = (process.env.KAFKA_BROKERS ?? '').split(',').filter((broker) => broker !== '');
  if (brokers.length === 0) throw new Error('KAFKA_BROKERS is not set: npm run test:distributed starts the brokers');
  return brokers;
}
