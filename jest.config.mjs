/** Unit and property tests need nothing but Node; integration and end-to-end tests share one control plane started by their global set-up. */
const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
};

const tier = (name, extra = {}) => ({ ...base, displayName: name, testMatch: [`<rootDir>/test/${name}/**/*.test.ts`], ...extra });

export default {
  projects: [
    tier('unit'),
    tier('property'),
    tier('integration', { globalSetup: '<rootDir>/testbed/jest-setup.ts', globalTeardown: '<rootDir>/testbed/jest-teardown.ts' }),
    // A control plane with the product installed: its admission policies would refuse what the tests above do as administrator.
    tier('end-to-end', { globalSetup: '<rootDir>/testbed/jest-setup-installed.ts', globalTeardown: '<rootDir>/testbed/jest-teardown.ts' }),
  ],
};
