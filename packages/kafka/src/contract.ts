import { after, before, describe } from 'node:test';
import { consumeCases } from './contract/consume-cases.ts';
import { followCases } from './contract/follow-cases.ts';
import { groupCases } from './contract/group-cases.ts';
import type { KafkaUnderTest } from './contract/kafka-under-test.ts';
import { outageCases } from './contract/outage-cases.ts';
import { readCases } from './contract/read-cases.ts';
import { topicCases } from './contract/topic-cases.ts';

export type { KafkaUnderTest } from './contract/kafka-under-test.ts';

/**
 * What every adapter must do: registers the suite with node:test. It makes topics and groups of its own, waits for
 * conditions rather than for times, and lets records come again where the port does. `createKafka` is called once.
 */
export function kafkaContract(name: string, createKafka: () => Promise<KafkaUnderTest>): void {
  describe(`${name} keeps the contract of Kafka`, () => {
    let under: KafkaUnderTest;
    before(async () => {
      under = await createKafka();
    });
    after(() => under.close());

    describe('topics and sending', () => topicCases(() => under));
    describe('reading from an offset', () => readCases(() => under));
    describe('following a topic', () => followCases(() => under));
    describe('a consumer', () => consumeCases(() => under));
    describe('consumer groups', () => groupCases(() => under));
    describe('outages and closing', () => outageCases(() => under));
  });
}
