/**
 * The import arrows of the design: main -> cli|server|controllers -> report -> rooms -> core -> shared, down only.
 * `npm run check` plants one violation per rule and fails unless every rule catches its own.
 */
const rooms = ['api', 'signals', 'actuators', 'governance', 'kube', 'telemetry', 'notifications'];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    { name: 'shared-imports-nothing', severity: 'error', from: { path: '^src/shared/' }, to: { pathNot: '^src/shared/' } },
    {
      name: 'core-is-pure',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: ['^src/core/', '^src/shared/', '(^|/)node_modules/@stdlib/'] },
    },
    ...rooms.map((room) => ({
      name: `room-${room}-stands-alone`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: '^src/', pathNot: [`^src/${room}/`, '^src/core/', '^src/shared/'] },
    })),
    {
      name: 'report-reads-objects-alone',
      severity: 'error',
      from: { path: '^src/report/' },
      // A digest needs nothing but the text.
      to: { pathNot: ['^src/(report|api|core|shared)/', '^crypto$'] },
    },
    {
      name: 'upper-floor-never-imports-sideways',
      severity: 'error',
      from: { path: '^src/(cli|server|controllers)/' },
      to: { path: '^src/(cli|server|controllers)/', pathNot: '^src/$1/' },
    },
    {
      name: 'nothing-imports-main',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main\\.ts$' },
      to: { path: '^src/(main|config)\\.ts$' },
    },
    {
      name: 'client-node-only-in-kube',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(kube/|main\\.ts$)' },
      to: { path: '(^|/)node_modules/@kubernetes/' },
    },
    { name: 'source-never-imports-tests', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|testbed|demo|scripts|bench)/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
