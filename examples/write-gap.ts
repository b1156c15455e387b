// Prints examples/gap.ndjson: a minute of SOL_USDC as Backpack would send it, four quotes a second. It wanders around
// 180, falls by 30 % from one quote to the next, stays there, and comes back.

const QUOTES_A_SECOND = 4;
const CALM_SECONDS = 40;
const LOW_SECONDS = 15;
const BACK_SECONDS = 5;
const SPREAD = 0.02;

const startMs = Date.UTC(2026, 2, 2, 12);

function midAt(second: number): number {
  const calm = 180 + 0.4 * Math.sin(second / 3) + 0.15 * Math.sin(second * 1.7);
  return second >= CALM_SECONDS && second < CALM_SECONDS + LOW_SECONDS ? calm * 0.7 : calm;
}

const count = (CALM_SECONDS + LOW_SECONDS + BACK_SECONDS) * QUOTES_A_SECOND;
for (let index = 0; index < count; index += 1) {
  const second = index / QUOTES_A_SECOND;
  const mid = midAt(second);
  const atMs = startMs + second * 1_000;
  const data = {
    e: 'bookTicker',
    s: 'SOL_USDC',
    b: (mid - SPREAD / 2).toFixed(2),
    B: '56.02',
    a: (mid + SPREAD / 2).toFixed(2),
    A: '19.60',
    u: index + 1,
    E: atMs * 1_000,
    T: atMs * 1_000,
  };
  process.stdout.write(`${BigInt(atMs) * 1_000_000n} ${JSON.stringify({ stream: 'bookTicker.SOL_USDC', data })}\n`);
}
