import { randomUUID } from 'node:crypto';
import type { Kafka, KafkaMessage } from '@repo/kafka';
import type { TradeAnswer } from '@repo/schemas';
import type { Logger } from '@repo/service';
import type { CommandAnswer } from '../shards/shard-engine.ts';

export interface AnswerSenderOptions {
  readonly kafka: Pick<Kafka, 'send'>;
  readonly shard: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Tells those who asked what became of their commands. One try: an answer that is lost with the log is found in the
 * books by whoever asks again.
 */
export class AnswerSender {
  readonly #options: AnswerSenderOptions;

  constructor(options: AnswerSenderOptions) {
    this.#options = options;
  }

  send(answers: readonly CommandAnswer[]): void {
    if (answers.length === 0) return;
    const { kafka, logger, shard } = this.#options;
    kafka
      .send(
        'trade-answers',
        answers.map((answer) => toMessage(shard, answer)),
      )
      .catch((error: unknown) => {
        logger.warn({ err: error, shard, answers: answers.length }, 'answers were not sent');
      });
  }
}

function toMessage(shard: number, { command, outcome }: CommandAnswer): KafkaMessage {
  const { commandId, replyTo } = command;
  const message = { id: randomUUID(), at: Date.now(), commandId, shard, outcome } satisfies Record<
    keyof TradeAnswer,
    unknown
  >;
  return { key: replyTo, value: JSON.stringify(message) };
}
