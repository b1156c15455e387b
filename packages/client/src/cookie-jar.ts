/** What a browser does with cookies, for programs that act like one. */
export interface CookieJar {
  /** The `Cookie` header for a request to this URL; none when no cookie matches. */
  header(url: string): string | undefined;
  /** Takes the `Set-Cookie` headers of an answer from this URL. */
  store(url: string, setCookies: readonly string[]): void;
  /** Forgets everything. */
  clear(): void;
}
