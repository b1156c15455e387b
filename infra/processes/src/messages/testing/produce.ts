import { type CompressionAlgorithmValue, Producer } from '@platformatic/kafka';

/** A message as any client of the brokers may send it, sound or not. */
export interface AnyMessage {
  readonly key?: string | Buffer;
  /** `null` is a tombstone. */
  readonly value: string | Buffer | null;
  readonly headers?: readonly (readonly [name: string | Buffer, value: string | Buffer | null])[];
  /** Where the key says unless told. */
  readonly partition?: number;
  readonly compression?: CompressionAlgorithmValue;
}

/** Where a message is in the log. */
export interface Place {
  readonly partition: number;
  readonly offset: number;
}

/** A producer that knows nothing of this program and its schemas. */
export interface PlainProducer {
  send(topic: string, message: AnyMessage): Promise<Place>;
  close(): Promise<void>;
}

export function createPlainProducer(brokers: string): PlainProducer {
  const producer = new Producer({ clientId: 'anybody', bootstrapBrokers: brokers.split(',') });
  return {
    send: async (topic, { key, value, headers = [], partition, compression = 'none' }) => {
      const message = {
        topic,
        ...(key === undefined ? {} : { key: Buffer.from(key) }),
        ...(partition === undefined ? {} : { partition }),
        // The types of the library know no tombstone; the protocol and its writer do.
        value: (value === null ? null : Buffer.from(value)) as Buffer,
        headers: new Map(headers.map(([name, text]) => [Buffer.from(name), (text && Buffer.from(text)) as Buffer])),
      };
      const { offsets } = await producer.send({ messages: [message], compression });
      const [place] = offsets ?? [];
      if (place === undefined) throw new Error('the brokers did not say where it is');
      return { partition: place.partition, offset: Number(place.offset) };
    },
    close: () => producer.close(),
  };
}
