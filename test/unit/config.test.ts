import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config.ts';

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
        requestTimeoutSeconds: 10,
        port: 8080,
        host: '0.0.0.0',
        logLevel: 'info',
      },
    });
  });

  it('takes flags before environment', () => {
    const config = readConfig(['--lease-seconds', '3', '--lease-renew-seconds=1'], {
      MODELRISK_LEASE_SECONDS: '9',
      MODELRISK_LOG_LEVEL: 'debug',
    });
    expect(config).toMatchObject({ ok: true, value: { leaseSeconds: 3, leaseRenewSeconds: 1, logLevel: 'debug' } });
  });

  it.each([
    [['--lease-seconds', 'soon'], /--lease-seconds/],
    [['--port', '70000'], /--port/],
    [['--log-level', 'loud'], /--log-level/],
    [['--lease-seconds', '4', '--lease-renew-seconds', '3'], /at most half of --lease-seconds/],
    [['--leese-seconds', '4'], /leese-seconds.*--lease-seconds/s],
    [['stray'], /stray/],
  ])('refuses %j with a sentence that names the flag', (commandLine, sentence) => {
    const config = readConfig(commandLine, {});
    expect(config.ok).toBe(false);
    if (!config.ok) expect(config.failure.join('\n')).toMatch(sentence);
  });
});
