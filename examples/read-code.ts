import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, ApiError } from '@repo/client';
import { TimeUpError } from './time-up-error.ts';

interface Mail {
  readonly to: unknown;
  readonly text: string;
}

/** The code that was mailed: from a list of mails, else from the development mailbox, else from whoever sits there. */
export async function readCode(
  api: ApiClient,
  { email, mails, waitMs }: { readonly email: string; readonly mails: string | undefined; readonly waitMs: number },
): Promise<string> {
  for (const endMs = performance.now() + waitMs; performance.now() < endMs; await sleep(250)) {
    const all = mails === undefined ? await mailbox(api) : await mailsAt(mails);
    if (all === undefined) return askFor(email);
    const mail = all.find(({ to }) => JSON.stringify(to).includes(email));
    const code = mail?.text.match(/\b\d{6}\b/)?.[0];
    if (code !== undefined) return code;
  }
  throw new TimeUpError(`no mail with a code came for ${email}`);
}

/** Undefined where mails are really sent. */
async function mailbox(api: ApiClient): Promise<readonly Mail[] | undefined> {
  try {
    return await api.mailbox();
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not-found') return undefined;
    throw error;
  }
}

async function mailsAt(url: string): Promise<readonly Mail[]> {
  const response = await fetch(url).catch(() => undefined);
  if (response?.ok !== true) throw new Error(`No mails can be read at ${url}: is it the address of the mail sink?`);
  return (await response.json()) as Mail[];
}

async function askFor(email: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new Error(`The code was mailed to ${email}: say with --mails where to read it, or run this in a terminal.`);
  }
  const terminal = createInterface(process.stdin, process.stdout);
  try {
    return (await terminal.question(`Six digits were mailed to ${email}. Which? `)).trim();
  } finally {
    terminal.close();
  }
}
