import { randomUUID } from 'node:crypto';
import { followTopic, type Kafka, partitionOfKey } from '@repo/kafka';
import {
  type TradeAnswer,
  type TradeCommand,
  type TradeCommandType,
  type TradeEvent,
  topics,
  tradeShards,
} from '@repo/schemas';
import type { Pool } from 'pg';
import type { PlainProducer } from './produce.ts';
import { until } from './until.ts';

type DataOf<T extends TradeCommandType> = Extract<TradeCommand, { type: T }>['data'];

/** Commands as an api-server will send them, and all that the engines say from now on. No service listens to it yet. */
export interface TradeClient {
  /** Somebody who may have accounts. */
  readonly userId: string;
  /** Every event in the order of its partition, which is that of its shard. */
  readonly events: readonly TradeEvent[];
  /** `replyTo` says in which partition the answers come. */
  command<T extends TradeCommandType>(
    accountId: string,
    type: T,
    data: DataOf<T>,
    envelope?: Partial<TradeCommand>,
  ): TradeCommand;
  send(command: TradeCommand): Promise<void>;
  /** All answers so far to a command. */
  answers(command: TradeCommand): readonly TradeAnswer[];
  /** Sends a command and gives what became of it. */
  ask(command: TradeCommand): Promise<TradeAnswer['outcome']>;
  /** An account with this much in it, in a shard of its own choice unless told. */
  openAccount(amount: string, shard?: number): Promise<string>;
  close(): Promise<void>;
}

export async function createTradeClient(kafka: Kafka, producer: PlainProducer, database: Pool): Promise<TradeClient> {
  const userId = randomUUID();
  await database.query('insert into users (id, email, password_hash) values ($1, $2, $3)', [
    userId,
    `trader-${userId}@example.com`,
    'none',
  ]);
  const answers = new Map<string, TradeAnswer[]>();
  const events: TradeEvent[] = [];
  const followers = [
    followTopic(kafka, {
      topic: 'trade-answers',
      onMessages: (received) => {
        for (const { message } of received) {
          answers.set(message.commandId, [...(answers.get(message.commandId) ?? []), message]);
        }
      },
    }),
    followTopic(kafka, {
      topic: 'trade-events',
      onMessages: (received) => events.push(...received.map(({ message }) => message)),
    }),
  ];
  await Promise.all(followers.map(({ ready }) => ready));

  const answersTo = ({ commandId }: TradeCommand) => answers.get(commandId) ?? [];
  const client: TradeClient = {
    userId,
    events,
    command: (accountId, type, data, envelope = {}) => {
      const at = Date.now();
      const own = { id: randomUUID(), at, commandId: randomUUID(), replyTo: 'messages', expiresAt: at + 60_000 };
      return { ...own, accountId, ...envelope, type, data } as TradeCommand;
    },
    send: async (command) => {
      const { accountId } = command;
      // Named, because the plain producer finds another one for a key than the program does.
      const partition = partitionOfKey(accountId, tradeShards);
      await producer.send('trade-commands', { key: accountId, value: JSON.stringify(command), partition });
    },
    answers: answersTo,
    ask: async (command) => {
      await client.send(command);
      return (await until(`the answer to ${command.type}`, () => answersTo(command)[0])).outcome;
    },
    openAccount: async (amount, shard) => {
      const accountId = keyInto(tradeShards, shard ?? Math.floor(Math.random() * tradeShards));
      for (const command of [
        client.command(accountId, 'open-account', { userId, mode: 'hedging', profile: 'professional' }),
        client.command(accountId, 'deposit', { amount }),
      ]) {
        const outcome = await client.ask(command);
        if (outcome.type !== 'accepted') throw new Error(`${command.type}: ${JSON.stringify(outcome)}`);
      }
      return accountId;
    },
    close: async () => {
      await Promise.all(followers.map((follower) => follower.close()));
    },
  };
  return client;
}

/** A name whose messages come in this partition of `trade-answers`. */
export function replyToIn(partition: number): string {
  return keyInto(topics['trade-answers'].partitions, partition);
}

/** An id that is a key of this partition. */
export function keyInto(partitions: number, partition: number): string {
  for (;;) {
    const id = randomUUID();
    if (partitionOfKey(id, partitions) === partition) return id;
  }
}
