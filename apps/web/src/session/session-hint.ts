/** The cookie that tells the server of pages that this browser has signed in. It opens nothing; the API decides. */
export const SESSION_HINT = 'session-hint';

/** Sets or takes away the hint of this browser. Rejects when the server of pages is not reachable. */
export async function setSessionHint(signedIn: boolean): Promise<void> {
  await fetch('/session-hint', { method: signedIn ? 'PUT' : 'DELETE' });
}
