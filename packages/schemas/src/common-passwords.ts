/** Passwords of twelve characters or more that appear at the top of leaked lists, lower-cased. Shorter ones fail by length. */
export const commonPasswords: ReadonlySet<string> = new Set(['123456789012']);
