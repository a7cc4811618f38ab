import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

// The folder is the law: what each layer may import, and which ambient world it may see (ARCHITECTURE.md).
// Everything to the right of a layer, and every world it does not name, is an error there.
const order = ['core', 'audio', 'providers', 'workflows', 'host', 'features'];
const mayImport = {
  core: [],
  audio: ['core'],
  providers: ['core', 'audio'],
  workflows: ['core', 'audio', 'providers'],
  protocol: ['core'],
  host: ['core', 'audio', 'providers', 'workflows', 'protocol'],
  features: ['core', 'audio', 'providers', 'workflows', 'protocol', 'host'],
};
const seesVscode = ['host', 'features'];
const seesNode = ['host'];
const layers = [...order, 'protocol'];

const nodeGlobals = ['process', 'Buffer', 'require', '__dirname', '__filename', 'setImmediate', 'global'];
const domGlobals = ['window', 'document', 'navigator', 'localStorage', 'HTMLElement', 'AudioContext'];

const layerRules = layers.map((layer) => {
  const foreign = [
    ...layers.filter((other) => other !== layer && !mayImport[layer].includes(other)),
    'media',
    'extension',
  ];
  const patterns = [
    {
      regex: `^(\\.\\./)+(src/)?(${foreign.join('|')})(/|\\.js$|$)`,
      message: `src/${layer} may only import ${mayImport[layer].join(', ') || 'itself'}.`,
    },
  ];
  if (!seesVscode.includes(layer)) patterns.push({ regex: '^vscode$', message: `src/${layer} runs without VS Code.` });
  if (!seesNode.includes(layer)) patterns.push({ regex: '^node:', message: `src/${layer} runs without Node.` });
  return {
    files: [`src/${layer}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
      'no-restricted-globals': ['error', ...domGlobals, ...(seesNode.includes(layer) ? [] : nodeGlobals)],
    },
  };
});

/** Views run in a browser: they know what is in the core and in the contracts with their host halves. */
const viewRules = {
  files: ['media/**/*.ts'],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: '^(\\.\\./)+src/(?!core/|protocol/)',
            message: 'A view may only import src/core and src/protocol.',
          },
          { regex: '^vscode$', message: 'A view runs without VS Code.' },
          { regex: '^node:', message: 'A view runs without Node.' },
        ],
      },
    ],
  },
};

export default tseslint.config(
  { ignores: ['dist/', 'out/', '.cache/', 'node_modules/', 'types/', '**/*.as.ts'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Name every export.' },
        { selector: 'TSEnumDeclaration', message: 'Use a table with a derived union.' },
      ],
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
    },
  },
  ...layerRules,
  viewRules,
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-empty-function': 'off' },
  },
  {
    files: ['vitest.config.mts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'require',
          'module',
          'console',
          'Buffer',
          'fetch',
          'URL',
          'AbortController',
          'AbortSignal',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
