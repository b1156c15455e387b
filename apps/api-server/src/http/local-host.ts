import ipaddr from 'ipaddr.js';

/**
 * Whether a Host header names this machine in a way that a foreign page cannot use: `localhost`, an address instead of
 * a name, or a host of the web app. Any other name may have been pointed here by its owner (DNS rebinding).
 */
export function isLocalHost(host: string | undefined, webHosts: readonly string[]): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return hostname === 'localhost' || webHosts.includes(hostname) || ipaddr.isValid(hostname.replace(/^\[|\]$/g, ''));
}
