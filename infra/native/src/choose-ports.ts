import { InfraError } from './infra-error.ts';
import { defaultPorts, fixedPorts, freePorts, type PortSettings, type ServerPorts } from './ports.ts';

/** `free`: any that nobody listens on. Otherwise those given, and for the rest those of before or the defaults. */
export type PortChoice = 'free' | Partial<PortSettings>;

/**
 * Chooses the ports of a state directory. What was chosen before stays unless told otherwise: data and clients know it.
 *
 * @throws InfraError when the data there are of another number of brokers; ConfigError when two servers would share a
 * port.
 */
export async function choosePorts(
  choice: PortChoice,
  before: ServerPorts | undefined,
  brokersWanted: number | undefined,
): Promise<ServerPorts> {
  const brokers = brokersWanted ?? before?.kafka.length ?? 1;
  if (before !== undefined && before.kafka.length !== brokers) {
    throw new InfraError(
      `The data are of ${before.kafka.length} Kafka broker(s), not ${brokers}: forget them first (npm run infra:down -- --data).`,
    );
  }
  if (choice === 'free') return before ?? (await freePorts(brokers));
  if (before !== undefined && Object.keys(choice).length === 0) return before;
  return fixedPorts({ ...(before === undefined ? defaultPorts : settingsOf(before)), ...choice }, brokers);
}

function settingsOf(ports: ServerPorts): PortSettings {
  return {
    KAFKA_PORT: ports.kafka[0]?.client ?? defaultPorts.KAFKA_PORT,
    REDIS_PORT: ports.redis,
    POSTGRES_PORT: ports.postgres,
    SMTP_PORT: ports.smtp,
    SMTP_PAGE_PORT: ports.smtpPage,
  };
}
