import type { KafkaMessage } from './port.ts';

/** Kafka's default `message.max.bytes`: a record beyond it is a bug of its sender. */
export const recordBytesMax = 1_048_576;

/** UTF-8 bytes of key, value and headers. */
export function messageBytes(message: KafkaMessage): number {
  let bytes = Buffer.byteLength(message.key) + Buffer.byteLength(message.value);
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  return bytes;
}
