import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

export type ClientAddress = (request: IncomingMessage) => string;

/**
 * Finds the address of the client in canonical form (an IPv4 address in IPv6 form is an IPv4 address). X-Forwarded-For
 * is read from its end as far as the hops are trusted proxies; without such proxies it is not read at all.
 *
 * @param trustedProxies networks in CIDR notation.
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const networks = trustedProxies.map((network) => ipaddr.parseCIDR(network));
  const isTrusted = (address: Address) =>
    networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));

  return (request) => {
    let client = parseAddress(request.socket.remoteAddress);
    if (client === undefined) return 'unknown';
    const hops = String(request.headers['x-forwarded-for'] ?? '').split(',');
    while (isTrusted(client)) {
      const hop = parseAddress(hops.pop());
      if (hop === undefined) break;
      client = hop;
    }
    return client.toString();
  };
}

/** What limits count by: an IPv4 address, or the /64 of an IPv6 address, which is one customer's. */
export function addressBlock(address: string): string {
  const parsed = parseAddress(address);
  if (parsed === undefined) return address;
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return `${new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
}

function parseAddress(text: string | undefined): Address | undefined {
  const bare = text?.trim().replace(/%.*$/, '') ?? '';
  // The short IPv4 forms (`127.1`, octal) are nobody's way to write an address in a header.
  if (!ipaddr.IPv4.isValidFourPartDecimal(bare) && !ipaddr.IPv6.isValid(bare)) return undefined;
  return ipaddr.process(bare);
}
