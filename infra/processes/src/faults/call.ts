/** What the harness asks of an api-server. */
export type Operation =
  | 'signup'
  | 'resend-otp'
  | 'verify-otp'
  | 'signin'
  | 'refresh'
  | 'logout'
  | 'me'
  | 'prices'
  | 'instruments';

/** Whom a request concerns, as its client knows it. */
export interface CallContext {
  readonly client: string;
  readonly email?: string | undefined;
  /** The session whose cookies go with it. */
  readonly session?: string | undefined;
  /** Somebody guesses codes, or passwords, of this address. */
  readonly guess?: 'code' | 'password' | undefined;
  /** What is sent is wrong on purpose. */
  readonly wrong?: boolean;
}

export interface CallEnd {
  /** `unknown`: no answer, or half of one; the request may have been carried out. */
  readonly outcome: 'ok' | 'fail' | 'unknown';
  readonly status?: number;
  /** Of the problem; absent when the answer was none of ours. */
  readonly code?: string;
  readonly reason?: string;
  /** The session that the answer started or renewed. */
  readonly started?: string;
  /** The assets that the answer calls live. */
  readonly live?: readonly string[];
}

/** A request and what became of it. Times are ms of one monotonic clock. */
export interface Call extends CallContext {
  readonly id: number;
  /** Of the api-server: `api-server-1`. */
  readonly instance: string;
  readonly operation: Operation;
  readonly begunAtMs: number;
  readonly endedAtMs: number;
  readonly end: CallEnd;
}
