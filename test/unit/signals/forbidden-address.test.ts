import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from '@jest/globals';
import { guardedLookup, isForbiddenHost } from '../../../src/signals/forbidden-address.ts';

const hostOf = (url: string): string => new URL(url).hostname;

describe('isForbiddenHost', () => {
  it.each([
    'http://169.254.169.254',
    'http://169.254.169.254.:9090',
    'http://169.254.170.2',
    // The same address in decimal, hexadecimal, octal, and inside of IPv6.
    'http://2852039166',
    'http://0xA9FEA9FE',
    'http://0251.0376.0251.0376',
    'http://[::ffff:169.254.169.254]',
    'http://[64:ff9b::a9fe:a9fe]',
    'http://[fe80::1]',
    'http://[febf::1]:9090',
    'http://[fd00:ec2::254]',
    'http://[fd20:ce::254]',
    'http://100.100.100.200',
    'http://168.63.129.16',
    'http://192.0.0.192',
    'http://metadata.google.internal',
    'http://METADATA.google.internal.',
    'http://instance-data.ec2.internal',
  ])('refuses %s', (url) => {
    expect(isForbiddenHost(hostOf(url))).toBe(true);
  });

  it.each([
    'http://prometheus.monitoring:9090',
    'http://metadata.monitoring:9090',
    'http://127.0.0.1:9090',
    'http://[::1]:9090',
    'http://10.96.0.10:9090',
    'http://192.168.1.10',
    'http://169.253.1.1',
    'http://100.100.100.201',
    'http://[fd00:10:96::a]:9090',
    'http://[::ffff:10.0.0.1]',
  ])('lets %s be asked', (url) => {
    expect(isForbiddenHost(hostOf(url))).toBe(false);
  });
});

describe('guardedLookup', () => {
  const ipv4: LookupAddress = { address: '10.0.0.1', family: 4 };
  const ipv6: LookupAddress = { address: '2001:db8::1', family: 6 };
  const metadata: LookupAddress = { address: '169.254.169.254', family: 4 };

  function ask(found: readonly LookupAddress[] | NodeJS.ErrnoException, all: boolean): readonly unknown[] {
    const said: unknown[] = [];
    const lookup = guardedLookup((_hostname, _options, callback) => {
      if (found instanceof Error) callback(found, []);
      else callback(null, [...found]);
    });
    lookup('prometheus', { all }, (...answer) => said.push(...answer));
    return said;
  }

  it('gives all addresses, or the first, as it is asked', () => {
    expect(ask([ipv4, ipv6], true)).toEqual([null, [ipv4, ipv6]]);
    expect(ask([ipv4, ipv6], false)).toEqual([null, '10.0.0.1', 4]);
  });

  it.each([true, false])('refuses a name of which one address is forbidden (all: %p)', (all) => {
    expect(ask([ipv4, metadata], all)).toEqual([expect.objectContaining({ code: 'ADDRESS_FORBIDDEN' }), '']);
  });

  it('passes on why a name was not found', () => {
    const notFound = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    expect(ask(notFound, true)).toEqual([notFound, '']);
  });
});
