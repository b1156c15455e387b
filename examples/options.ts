import { parseArgs } from 'node:util';

export interface Options {
  readonly api: string;
  readonly ws: string;
  readonly origin: string;
  readonly email: string;
  readonly password: string;
  /** A list of mails as JSON, to read the code from. */
  readonly mails: string | undefined;
  readonly asset: string;
  readonly waitMs: number;
}

/** What was typed makes no sense: told with the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const help = `
Signs up, buys with leverage, sets a stop loss and a take profit, is stopped out by a gap in the price, and prints why.

Start the broker on the recording that has the gap, in one terminal:

  PRICE_SOURCE=replay REPLAY_FILE=examples/gap.ndjson REPLAY_LOOP=true npm start

(or the same with npm run infra:up and npm run start:distributed), and this in another, options after two dashes:

  npm run stopped-out -w examples -- --wait 60

  --api URL        the HTTP API                        http://localhost:3001
  --ws URL         the WebSocket                       ws://localhost:8080/
  --origin URL     where the web app would be          http://localhost:3000
  --email ADDRESS  whom to sign up                     a new one at example.com
  --password TEXT  with which password                 a long random one
  --mails URL      mails as JSON, to read the code     the development mailbox, else you are asked;
                                                       distributed: http://localhost:8025/mails
  --asset SYMBOL   what to buy                         SOL_USDC
  --wait SECONDS   for each thing that is to happen    180
  --help           this

Ends with 0 when the account was stopped out and all was printed, 1 when the broker refused something or cannot be
reached, 2 when an option is wrong, 3 when what was waited for did not happen, 130 after Ctrl-C.
`;

/** @returns undefined when help is asked for. @throws UsageError */
export function readOptions(args: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const;
  const names = {
    api: text,
    ws: text,
    origin: text,
    email: text,
    password: text,
    mails: text,
    asset: text,
    wait: text,
  };
  const { values } = parsed(() =>
    parseArgs({ args: [...args], options: { ...names, help: { type: 'boolean', short: 'h' } } }),
  );
  if (values.help === true) return undefined;
  const waitMs = Number(values.wait ?? 180) * 1_000;
  if (!(waitMs > 0)) throw new UsageError(`--wait is "${values.wait}": it must be a number of seconds above 0.`);
  return {
    api: url('api', values.api ?? 'http://localhost:3001', 'http'),
    ws: url('ws', values.ws ?? 'ws://localhost:8080/', 'ws'),
    origin: url('origin', values.origin ?? 'http://localhost:3000', 'http').replace(/\/$/, ''),
    email: values.email ?? `trader-${crypto.randomUUID().slice(0, 8)}@example.com`,
    password: values.password ?? crypto.randomUUID(),
    mails: values.mails === undefined ? undefined : url('mails', values.mails, 'http'),
    asset: values.asset ?? 'SOL_USDC',
    waitMs,
  };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function url(name: string, value: string, scheme: 'http' | 'ws'): string {
  if (URL.canParse(value) && value.startsWith(scheme)) return value;
  throw new UsageError(
    `--${name} is "${value}": it must be an address that begins with ${scheme}:// or ${scheme}s://.`,
  );
}
