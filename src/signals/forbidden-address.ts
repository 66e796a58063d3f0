import type { LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Where clouds hand out a machine's credentials to whoever asks from it. Loopback and private networks stay open: that is where a Prometheus lives.
 * Sources: RFC 3927 and RFC 4291 (link-local), RFC 6052 (the same behind NAT64), and the clouds' own documentation of addresses outside of those.
 */
const forbiddenSubnets: readonly (readonly [network: string, prefix: number])[] = [
  ['169.254.0.0', 16],
  ['fe80::', 10],
  ['64:ff9b::169.254.0.0', 112],
  // Amazon over IPv6, Google over IPv6, Alibaba, Azure's host, Oracle.
  ['fd00:ec2::', 32],
  ['fd20:ce::254', 128],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
];

const forbiddenNames: ReadonlySet<string> = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** Code of the error a connection fails with when its name leads to a forbidden address. */
export const forbiddenAddressCode = 'ADDRESS_FORBIDDEN';

/** Whether a host of a parsed URL (IPv4 in any spelling is normal form there, IPv6 in brackets) is link-local or a cloud's metadata service. */
export function isForbiddenHost(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  return isIP(name) === 0 ? forbiddenNames.has(name.toLowerCase()) : isForbiddenAddress(name);
}

const forbiddenAddresses = blockListOf(forbiddenSubnets);

function blockListOf(subnets: typeof forbiddenSubnets): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, network.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}

/** IPv4 inside of IPv6 (`::ffff:169.254.169.254`) is seen through. */
function isForbiddenAddress(address: string): boolean {
  return forbiddenAddresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** All addresses of a name, as `dns.lookup` finds them. */
export type ResolveAll = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A lookup for the very connection that is being made: what it answers is what is connected to, so a name can't turn forbidden between a check and
 * its use. One forbidden address among several is enough to refuse the name.
 */
export function guardedLookup(resolve: ResolveAll): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) callback(error, '');
      else if (addresses.some(({ address }) => isForbiddenAddress(address))) callback(forbiddenError(), '');
      else if (options.all === true) callback(null, addresses);
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
    });
  };
}

function forbiddenError(): NodeJS.ErrnoException {
  return Object.assign(new Error('the name leads to a forbidden address'), { code: forbiddenAddressCode });
}
