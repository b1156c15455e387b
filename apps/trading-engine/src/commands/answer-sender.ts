import { randomUUID } from 'node:crypto';
import type { Kafka, KafkaMessage } from '@repo/kafka';
import type { TradeAnswer } from '@repo/schemas';
import type { CommandAnswer } from '../shards/shard-engine.ts';

export interface AnswerSenderOptions {
  readonly kafka: Pick<Kafka, 'send'>;
  readonly shard: number;
  /** Told of answers that were not sent. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Tells those who asked what became of their commands. One try: an answer that is lost with the log is found in the
 * books by whoever asks again.
 */
export class AnswerSender {
  readonly #options: AnswerSenderOptions;
  readonly #sending = new Set<Promise<void>>();

  constructor(options: AnswerSenderOptions) {
    this.#options = options;
  }

  send(answers: readonly CommandAnswer[]): void {
    if (answers.length === 0) return;
    const { kafka, shard, onFailure } = this.#options;
    const messages = answers.map((answer) => toMessage(shard, answer));
    const sending = kafka
      .send('trade-answers', messages)
      .catch(onFailure)
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }

  /** Resolves when the log has the answers so far, or was found to be away. */
  async drain(): Promise<void> {
    await Promise.all(this.#sending);
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
