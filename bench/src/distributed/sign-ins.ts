import { setTimeout as sleep } from 'node:timers/promises';
import { createApiClient } from '@repo/client';
import { createCookieJar } from '@repo/client/node';
import { type Figure, quantile } from '../report.ts';
import { type BenchStack, origin } from './bench-stack.ts';

const EMAIL = 'bench@example.com';
const PASSWORD = 'five green parrots sing';
const WARM_UP = 10;

/** Sign-ins in turns, one here and one there, so that whatever else the machine does falls on both. */
export async function measureSignIns(
  stacks: Readonly<Record<'standalone' | 'distributed', BenchStack>>,
  count: number,
): Promise<Figure[]> {
  const times: Record<'standalone' | 'distributed', number[]> = { standalone: [], distributed: [] };
  for (const stack of Object.values(stacks)) await signUp(stack);
  const names = ['standalone', 'distributed'] as const;
  for (let round = -WARM_UP; round < count; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const begun = performance.now();
      await newClient(stacks[name]).signin({ email: EMAIL, password: PASSWORD });
      if (round >= 0) times[name].push(performance.now() - begun);
    }
  }
  return [['p50', 0.5] as const, ['p99', 0.99] as const].flatMap(([what, share]) => {
    const value = quantile(times.standalone, share);
    return [
      { what: `standalone: sign-in ${what}`, value, unit: 'ms' },
      {
        what: `distributed: sign-in ${what}`,
        value: quantile(times.distributed, share),
        unit: 'ms',
        limit: { name: 'standalone', value },
      },
    ];
  });
}

async function signUp(stack: BenchStack): Promise<void> {
  const client = newClient(stack);
  await client.signup({ email: EMAIL, password: PASSWORD });
  let otp: string | undefined;
  while (otp === undefined) {
    otp = await stack.codeFor(EMAIL);
    if (otp === undefined) await sleep(50);
  }
  await client.verifyOtp({ email: EMAIL, otp });
}

function newClient({ httpUrl }: BenchStack) {
  return createApiClient({ baseUrl: httpUrl, origin, cookies: createCookieJar() });
}
