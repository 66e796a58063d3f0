import { describe, expect, it } from '@jest/globals';
import { networkErrorCode } from '../../../src/signals/network-error.ts';
import { providerURLProblem, statusMessage } from '../../../src/signals/provider.ts';

describe('the URL of a provider', () => {
  it.each([
    'http://prometheus:9090',
    'https://prometheus.monitoring.svc:9090/prefix/',
    'http://10.0.0.7:9090',
    'http://[fd00::7]:9090',
    'http://localhost:9090',
    'http://metadata.example.com',
  ])('%s can be used', (url) => {
    expect(providerURLProblem(url)).toBeNull();
  });

  it.each([
    ['prometheus:9090', 'must begin with http:// or https://'],
    ['prometheus', 'cannot be read; write http://host:port'],
    ['', 'cannot be read'],
    ['http://', 'cannot be read'],
    ['http://prometheus:99999', 'cannot be read'],
    ['file:///etc/passwd', 'must begin with http:// or https://'],
    ['ftp://prometheus', 'must begin with http:// or https://'],
    ['http://ana:pw@prometheus:9090', 'must not hold credentials'],
    ['http://ana@prometheus:9090', 'must not hold credentials'],
    ['http://:pw@prometheus:9090', 'must not hold credentials'],
    ['http://prometheus:9090?a=b', 'must not hold a query or a fragment'],
    ['http://prometheus:9090/#top', 'must not hold a query or a fragment'],
    ['http://169.254.169.254/latest', 'leads to a link-local or cloud metadata address'],
    // Other spellings of the same address: the host is judged as it will be asked.
    ['http://2852039166/', 'leads to a link-local or cloud metadata address'],
    ['http://0xa9fea9fe/', 'leads to a link-local or cloud metadata address'],
    ['http://169.254.43518/', 'leads to a link-local or cloud metadata address'],
    ['http://[::ffff:169.254.169.254]/', 'leads to a link-local or cloud metadata address'],
    ['http://[fe80::1]:9090', 'leads to a link-local or cloud metadata address'],
  ])('%s cannot: it %s', (url, problem) => {
    expect(providerURLProblem(url)).toContain(`the URL of the provider ${problem}`);
  });

  it('a problem never repeats the URL: it may hold a password', () => {
    for (const url of ['http://ana:hunter2@prometheus', 'ftp://hunter2', 'http://p?token=hunter2', 'hunter2'])
      expect(providerURLProblem(url)).not.toContain('hunter2');
  });
});

describe('statusMessage', () => {
  it.each([300, 301, 302, 307, 308, 399])('%i says that redirects are not followed', (status) => {
    expect(statusMessage(status)).toBe(
      `answered with HTTP status ${status}; redirects are not followed, name the final URL in the RiskPolicy`,
    );
  });

  it.each([204, 299, 400, 401, 404, 500, 503])('%i is told as it is', (status) => {
    expect(statusMessage(status)).toBe(`answered with HTTP status ${status}`);
  });
});

describe('networkErrorCode', () => {
  it('is the code alone: messages hold addresses', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:9090'), { code: 'ECONNREFUSED' });
    expect(networkErrorCode(error)).toBe('ECONNREFUSED');
    expect(networkErrorCode({ code: 'UND_ERR_SOCKET' })).toBe('UND_ERR_SOCKET');
  });

  it.each([
    [null],
    [undefined],
    ['ECONNREFUSED'],
    [new Error('ECONNREFUSED')],
    [{ code: 7 }],
    [{ code: '' }],
    [{ code: 'connect to 10.0.0.7' }],
    [{ code: 'econnrefused' }],
    [{ code: 'A'.repeat(41) }],
  ])('of %p there is none', (error) => {
    expect(networkErrorCode(error)).toBeNull();
  });

  it('may be as long as codes get', () => {
    expect(networkErrorCode({ code: 'A'.repeat(40) })).toBe('A'.repeat(40));
  });
});
