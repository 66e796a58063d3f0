import { describe, expect, it } from '@jest/globals';
import { auditSinkOf, readConfig } from '../../src/config.ts';

describe('readConfig', () => {
  it('has a default for everything', () => {
    expect(readConfig([], {})).toEqual({
      ok: true,
      value: {
        namespace: 'modelrisk-system',
        leaseName: 'modelrisk-operator',
        leaseSeconds: 15,
        leaseRenewSeconds: 3,
        watchSilenceSeconds: 25,
        requestTimeoutSeconds: 5,
        port: 8080,
        host: '0.0.0.0',
        logLevel: 'info',
      },
    });
  });

  it('names the audit sink and its token', () => {
    expect(auditSinkOf({})).toEqual({ ok: true, value: null });
    expect(auditSinkOf({ auditSinkUrl: 'https://audit.example/in' })).toEqual({
      ok: true,
      value: { url: 'https://audit.example/in', secretRef: null },
    });
    expect(auditSinkOf({ auditSinkUrl: 'https://audit.example/in', auditSinkSecret: 'audit/token' })).toEqual({
      ok: true,
      value: { url: 'https://audit.example/in', secretRef: { name: 'audit', key: 'token' } },
    });
  });

  it('takes flags before environment', () => {
    const config = readConfig(['--lease-seconds', '8', '--lease-renew-seconds=1'], {
      MODELRISK_LEASE_SECONDS: '9',
      MODELRISK_LOG_LEVEL: 'debug',
    });
    expect(config).toMatchObject({ ok: true, value: { leaseSeconds: 8, leaseRenewSeconds: 1, logLevel: 'debug' } });
  });

  it.each([
    [['--lease-seconds', 'soon'], /--lease-seconds/],
    [['--port', '70000'], /--port/],
    [['--log-level', 'loud'], /--log-level/],
    [['--lease-seconds', '4', '--lease-renew-seconds', '3'], /--lease-seconds: 4 is too short/],
    [['--patch-kinds', 'v1/secrets/Secret'], /--patch-kinds: v1\/secrets\/Secret can't be patched/],
    [['--patch-kinds', 'gateway.networking.k8s.io/v1/httproutes/HTTPRoute'], /--patch-kinds: .* has a kind of target of its own/],
    [['--audit-sink-url', 'http://audit.example/in'], /--audit-sink-url: .* write https:/],
    [['--audit-sink-url', 'https://olga:pw@audit.example/in'], /--audit-sink-url: .* without user or password/],
    [['--audit-sink-secret', 'audit/token'], /--audit-sink-secret: goes with --audit-sink-url/],
    [['--audit-sink-url', 'https://audit.example/in', '--audit-sink-secret', 'audit'], /--audit-sink-secret: write secret\/key/],
    [['--leese-seconds', '4'], /leese-seconds.*--lease-seconds/s],
    [['stray'], /stray/],
  ])('refuses %j with a sentence that names the flag', (commandLine, sentence) => {
    const config = readConfig(commandLine, {});
    expect(config.ok).toBe(false);
    if (!config.ok) expect(config.failure.join('\n')).toMatch(sentence);
  });

  describe('lease settings that lock the leader out of all writes', () => {
    const read = (lease: number, renew: number, request: number) =>
      readConfig([`--lease-seconds=${lease}`, `--lease-renew-seconds=${renew}`, `--request-timeout-seconds=${request}`], {});

    it.each([
      [15, 3, 10],
      [3, 1, 1],
      [10, 1, 10],
    ])('%i s with renewals each %i s and requests of %i s are refused, with what they must exceed', (lease, renew, request) => {
      expect(read(lease, renew, request)).toEqual({
        ok: false,
        failure: [expect.stringMatching(new RegExp(`^--lease-seconds: ${lease} is too short; .* = ${request + 2 * renew}, else`))],
      });
    });

    it('what is accepted still writes after two renewals came too late', () => {
      for (const lease of [2, 3, 5, 8, 15, 30])
        for (const renew of [0.5, 0.75, 1, 3, 5])
          for (const request of [0.5, 1, 5, 10]) {
            const config = read(lease, renew, request);
            if (config.ok) expect(lease - 2 * renew).toBeGreaterThan(request);
          }
      expect(read(15, 3, 5).ok).toBe(true);
      expect(read(3, 0.75, 1).ok).toBe(true);
    });
  });

  it('lets pushes in only with a certificate and its key: tokens never travel over plain text', () => {
    const flags = ['--push-port', '8443', '--push-tls-cert-file', 'a.crt', '--push-tls-key-file', 'a.key'];
    expect(readConfig(flags, {})).toMatchObject({ ok: true, value: { pushPort: 8443, pushTlsCertFile: 'a.crt', pushTlsKeyFile: 'a.key' } });
    for (const [first, second, missing] of [
      [0, 2, '--push-tls-cert-file and --push-tls-key-file: missing'],
      [0, 4, '--push-tls-key-file: missing'],
      [2, 6, '--push-port: missing'],
    ] as const)
      expect(readConfig(flags.slice(first, second), {})).toEqual({ ok: false, failure: [expect.stringContaining(missing)] });
  });
});
