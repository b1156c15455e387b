import type { Kafka } from '../port.ts';
import { ApacheKafka } from './apache-kafka.ts';
import type { ApacheKafkaSettings } from './settings.ts';

/** A client of an Apache Kafka cluster (4.0 or later). It connects when it is first asked, and by itself ever after. */
export function createApacheKafka(settings: ApacheKafkaSettings): Kafka {
  return new ApacheKafka(settings);
}
