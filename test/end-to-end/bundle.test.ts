import { readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from '@jest/globals';
import { shippedControls } from '../../src/api/shipped-controls.ts';
import { runCommand } from '../../testbed/run-command.ts';

const bundles = ['dist/operator.mjs', 'dist/kubectl-modelrisk.mjs'];

interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly entryPoint?: string; readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

function bytesOfPackages(path: string): number {
  const { outputs } = JSON.parse(readFileSync(`${path}.meta.json`, 'utf8')) as Metafile;
  const inputs = Object.values(outputs).flatMap((output) => (output.entryPoint === undefined ? [] : Object.entries(output.inputs)));
  return inputs.reduce((sum, [input, { bytesInOutput }]) => sum + (input.includes('node_modules/') ? bytesInOutput : 0), 0);
}

describe('a bundle', () => {
  it.each(bundles)(
    '%s holds no character outside ASCII: a single one doubles the text in memory for as long as the process lives',
    (path) => {
      expect(readFileSync(path).findIndex((byte) => byte > 0x7f)).toBe(-1);
    },
  );

  it.each(bundles)('%s leaves out what nobody calls: model classes of the API, fetch, proxies, locales', (path) => {
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('KubeConfig');
    const partsOfPackages = ['V1PodSpec', 'ObjectSerializer', 'MockAgent', 'CacheStorage', 'SocksProxyAgent', 'Ongeldige invoer'];
    expect(partsOfPackages.filter((part) => text.includes(part))).toEqual([]);
    // Of packages alone: our own code may grow with what it does.
    expect(bytesOfPackages(path)).toBeGreaterThan(500_000);
    expect(bytesOfPackages(path)).toBeLessThan(1_300_000);
  });

  it.each(bundles)('%s holds the controls it ships with: it is one file, and looks for no other', (path) => {
    const text = readFileSync(path, 'utf8');
    const shipped = shippedControls();
    if (!shipped.ok) throw new Error(shipped.failure.join('; '));
    for (const { name } of shipped.value) expect(text).toContain(JSON.stringify(name).slice(1, -1));
    expect(text).not.toContain('controls.yaml');
  });

  it('regression: dist/operator.mjs holds no parser of YAML for controls that can be read when it is built', () => {
    const inputs = Object.keys(
      (JSON.parse(readFileSync('dist/operator.mjs.meta.json', 'utf8')) as Metafile).outputs['dist/operator.mjs']?.inputs ?? {},
    );
    expect(inputs).toContain('src/controllers/scheduled-pack.ts');
    expect(inputs.filter((input) => input.includes('node_modules/yaml/'))).toEqual([]);
  });

  it.each(bundles)('%s holds all parts of its packages: none is looked for in the folder it lies in', (path) => {
    expect(readFileSync(path, 'utf8')).not.toMatch(/require\("\.\.?\//);
  });

  it('says what is wrong with a flag as the source does: what was left out took no message along', async () => {
    const refused = await runCommand(process.execPath, ['dist/operator.mjs', '--port', 'abc', '--log-level', 'loud']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--port: Invalid input: expected number, received NaN');
    expect(refused.stderr).toContain('--log-level: Invalid option: expected one of "debug"|"info"|"warn"|"error"');
  });
});
