import type { ServerHandle, SmtpHandle } from './server-handle.ts';

/** Where a server is, for the terminal: without its password. */
export function shownAddress(server: ServerHandle & Partial<Pick<SmtpHandle, 'page'>>): string {
  const address = server.address.replace(/(:\/\/[^:@/]+):[^@/]+@/, '$1@').replace(/\?.*/, '');
  return server.page === undefined ? address : `${address}, ${server.page}`;
}
