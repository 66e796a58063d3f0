import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What the core may not see: time, chance, the process and anything asynchronous (design section 5). */
const impureGlobals = [
  'Date',
  'process',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
  'Promise',
  'console',
  'Buffer',
];

export default tseslint.config(
  // What runs inside a page is no program of ours: it is handed over as text.
  { ignores: ['node_modules/**', 'dist/**', 'scripts/*.cjs', '*.mjs', '*.cjs', 'test/integration/report/page-looks.mjs'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 60 }],
      'max-params': ['error', { max: 3 }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
        { selector: 'ExportDefaultDeclaration', message: 'Use a named export.' },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    // Where clock and random come from.
    ignores: ['src/kube/system-clock.ts', 'src/main.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({ name, message: 'Time comes from the Clock that is passed in.' })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time comes from the Clock that is passed in.' },
        { object: 'Math', property: 'random', message: 'Random comes in as an argument.' },
      ],
    },
  },
  {
    files: ['src/core/**/*.ts', 'src/shared/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals.map((name) => ({ name, message: 'The core is pure and synchronous.' }))],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'The core is pure.' }],
    },
  },
  // A describe block is a list of cases, not a function with a thread to follow; a row of a table may have many columns.
  { files: ['test/**/*.ts'], rules: { 'max-lines-per-function': 'off', 'max-params': 'off' } },
);
