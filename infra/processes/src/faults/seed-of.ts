/** The seed that was asked for, or a new one. */
export function seedOf(text: string | undefined): number {
  const seed = Number(text ?? Math.floor(Math.random() * 2 ** 31));
  if (!Number.isInteger(seed) || seed < 0) throw new RangeError(`a seed is a whole number, not "${text}"`);
  return seed;
}
