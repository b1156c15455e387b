const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/** The 32-bit murmur2 of Kafka's default partitioner (org.apache.kafka.common.utils.Utils.murmur2), signed. */
export function murmur2(data: Uint8Array): number {
  const length = data.length;
  const tail = length & ~3;
  let h = seed ^ length;
  for (let i = 0; i < tail; i += 4) {
    let k = byte(data, i) | (byte(data, i + 1) << 8) | (byte(data, i + 2) << 16) | (byte(data, i + 3) << 24);
    k = Math.imul(k, multiplier);
    k ^= k >>> 24;
    k = Math.imul(k, multiplier);
    h = Math.imul(h, multiplier) ^ k;
  }
  const left = length - tail;
  if (left === 3) h ^= byte(data, tail + 2) << 16;
  if (left >= 2) h ^= byte(data, tail + 1) << 8;
  if (left >= 1) h = Math.imul(h ^ byte(data, tail), multiplier);
  h ^= h >>> 13;
  h = Math.imul(h, multiplier);
  h ^= h >>> 15;
  return h | 0;
}

/** The partition where Kafka's default partitioner puts a key, so that keys land alike in both profiles. */
export function partitionOfKey(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

function byte(data: Uint8Array, index: number): number {
  return data[index] ?? 0;
}
