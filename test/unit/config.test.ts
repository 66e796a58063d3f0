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

  it('regression: takes nothing for no value: an empty port was any free one, where no probe comes', () => {
    expect(readConfig(['--port=', '--host='], { MODELRISK_LEASE_SECONDS: '', MODELRISK_PUSH_PORT: '' })).toEqual({
      ok: false,
      failure: ['--lease-seconds', '--port', '--host', '--push-port'].map((flag) => `${flag}: is empty; write a value, or leave it out`),
    });
  });

  it('says of every flag what is wrong with it, not of the first alone', () => {
    const config = readConfig(['--port=-1', '--log-level=loud', '--lease-seconds=0'], {});
    expect(config.ok ? [] : config.failure.map((sentence) => sentence.split(':')[0])).toEqual(['--lease-seconds', '--port', '--log-level']);
    const pairs = readConfig(['--lease-seconds=5', '--push-port=1', '--patch-kinds=pods', '--audit-sink-secret=a/b'], {});
    expect(pairs.ok ? [] : pairs.failure.map((sentence) => /--[a-z-]+/.exec(sentence)?.[0])).toEqual([
      '--lease-seconds',
      '--push-tls-cert-file',
      '--patch-kinds',
      '--audit-sink-secret',
    ]);
  });

  it.each([
    ['--port', '0', 0],
    ['--port', '65535', 65_535],
    ['--push-port', '0', 0],
    ['--watch-silence-seconds', '3600', 3600],
    ['--watch-silence-seconds', '0.25', 0.25],
  ])('%s takes %s, the last it may be', (flag, text, value) => {
    const files = flag === '--push-port' ? ['--push-tls-cert-file=a', '--push-tls-key-file=b'] : [];
    const config = readConfig([`${flag}=${text}`, ...files], {});
    expect(config.ok ? Object.values(config.value) : config.failure).toContain(value);
  });

  it.each([
    ['--port', '65536'],
    ['--port', '80.5'],
    ['--push-port', '65536'],
    ['--watch-silence-seconds', '3600.1'],
    ['--watch-silence-seconds', '0'],
    ['--lease-renew-seconds', '-1'],
    ['--request-timeout-seconds', 'Infinity'],
    ['--request-timeout-seconds', 'NaN'],
    ['--namespace', ''],
  ])('%s does not take %j', (flag, text) => {
    const config = readConfig([`${flag}=${text}`], {});
    expect(config.ok ? [] : config.failure).toEqual([expect.stringMatching(new RegExp(`^${flag}: `))]);
  });

  it('every flag has a variable of the environment, and what is not ours is not read', () => {
    const environment = {
      ...{ MODELRISK_KUBECONFIG: '/k', MODELRISK_NAMESPACE: 'n', MODELRISK_LEASE_NAME: 'l', MODELRISK_WATCH_NAMESPACE: 'w' },
      ...{ MODELRISK_PUSH_PORT: '1', MODELRISK_PUSH_TLS_CERT_FILE: 'c', MODELRISK_PUSH_TLS_KEY_FILE: 'k', MODELRISK_HOST: '::1' },
      ...{ MODELRISK_AUDIT_SINK_URL: 'https://a', MODELRISK_AUDIT_SINK_SECRET: 's/k', MODELRISK_LEASE_RENEW_SECONDS: '2' },
      ...{ MODELRISK_PATCH_KINDS: 'keda.sh/v1alpha1/scaledobjects/ScaledObject', PORT: '1', MODELRISK_SERVICE_HOST: '10.0.0.1' },
    };
    expect(readConfig([], environment)).toMatchObject({
      ok: true,
      value: {
        ...{ kubeconfig: '/k', namespace: 'n', leaseName: 'l', watchNamespace: 'w', pushPort: 1, pushTlsCertFile: 'c' },
        ...{ pushTlsKeyFile: 'k', host: '::1', auditSinkUrl: 'https://a', auditSinkSecret: 's/k', leaseRenewSeconds: 2, port: 8080 },
        patchKinds: 'keda.sh/v1alpha1/scaledobjects/ScaledObject',
      },
    });
  });

  it.each(['audit', 'audit/', '/token', 'audit/token/more', '/'])('%s names no key of a Secret', (auditSinkSecret) => {
    expect(auditSinkOf({ auditSinkUrl: 'https://audit.example/in', auditSinkSecret })).toEqual({
      ok: false,
      failure: expect.stringContaining('--audit-sink-secret: write secret/key'),
    });
  });

  it.each(['audit.example', 'https://', 'ftp://audit.example', 'https://:pw@audit.example'])(
    '%s is no address for the record',
    (auditSinkUrl) => {
      expect(auditSinkOf({ auditSinkUrl })).toEqual({ ok: false, failure: expect.stringContaining('--audit-sink-url: ') });
    },
  );

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
