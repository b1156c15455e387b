/** The broker in one profile or the other, as the sections see it. */
export interface BenchStack {
  readonly httpUrl: string;
  /** Of each api-server. */
  readonly wsPorts: readonly number[];
  /** The code that was mailed to an address; undefined while there is none. */
  codeFor(email: string): Promise<string | undefined>;
  /** CPU time so far by process, ms. */
  cpuMs(): Promise<Readonly<Record<string, number>>>;
}

/** Settings that both profiles get, so that no limit is what is measured. */
export const unlimited: Readonly<Record<string, string>> = {
  WEB_ORIGINS: 'http://localhost:3000',
  SIGNINS_PER_10_SECONDS: '1000000',
  SIGNUPS_PER_10_MINUTES: '1000000',
  CODE_TRIES_PER_10_SECONDS: '1000000',
  WS_CONNECTIONS_PER_ADDRESS_MAX: '100000',
};
export const origin = 'http://localhost:3000';

/** The newest code among mails, which come newest first. */
export function codeIn(mails: readonly { readonly to: string; readonly text: string }[], email: string) {
  return mails.find(({ to }) => to.includes(email))?.text.match(/\b\d{6}\b/)?.[0];
}
