import type { Mailbox } from '../mail/mailbox.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text of another media type; undefined when there is no body. */
  readonly body: unknown;
}

/** A browser on the web app's page, as far as the API can tell: it has the page's origin and keeps cookies. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #url: string;
  readonly #origin: string;

  constructor(target: { readonly url: string; readonly origin: string }) {
    this.#url = target.url;
    this.#origin = target.origin;
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send(path, { method: 'GET', headers });
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#sendJson('POST', path, body, headers);
  }

  patch(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#sendJson('PATCH', path, body, headers);
  }

  /** Without a body. */
  delete(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send(path, { method: 'DELETE', headers: { origin: this.#origin, ...headers } });
  }

  /** A browser with the same cookies at this moment. */
  copy(): Browser {
    const copy = new Browser({ url: this.#url, origin: this.#origin });
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }

  /** Signs up and enters the code: afterwards signed in. */
  async signUp(mailbox: Mailbox, email: string, password: string): Promise<Answer> {
    const asked = await this.post('/api/v1/signup', { email, password });
    if (asked.status !== 202) return asked;
    return this.post('/api/v1/verify-otp', { email, otp: codeIn(mailbox, email) });
  }

  #sendJson(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
    const json = { 'content-type': 'application/json', origin: this.#origin };
    return this.#send(path, { method, headers: { ...json, ...headers }, body: JSON.stringify(body) });
  }

  async #send(path: string, init: { method: string; headers: Record<string, string>; body?: string }): Promise<Answer> {
    const cookie = this.cookies.size === 0 ? {} : { cookie: this.cookieHeader };
    const response = await fetch(`${this.#url}${path}`, { ...init, headers: { ...cookie, ...init.headers } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0(?:;|$)/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const text = await response.text();
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    const body: unknown = text === '' ? undefined : isJson ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body };
  }
}

/** The newest code mailed to an address. */
export function codeIn(mailbox: Mailbox, email: string): string {
  const mails = mailbox.list().filter(({ to }) => to === email);
  const code = mails.map(({ text }) => /\b[0-9]{6}\b/.exec(text)?.[0]).find((found) => found !== undefined);
  if (code === undefined) throw new Error(`no code in the ${mails.length} mails to ${email}`);
  return code;
}

/** The stable code of a refusal. */
export function codeOf({ body }: Answer): string | undefined {
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
