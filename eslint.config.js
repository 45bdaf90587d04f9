import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * The folders of src/ from top to bottom: a folder imports only from itself and from those below it.
 * The design's layout is the law, this list is its police.
 */
const layers = [
  'action',
  'service',
  'build',
  'offload',
  'plan',
  'nix',
  'tunnel',
  'store',
  'protocol',
  'ssh',
  'diagnose',
  'domain',
];

/** The entries, and the steps as named verbs. */
const entries = ['main', 'post', 'offload', 'run', 'set-up', 'serve', 'cleanup'];

/** Folders without effects: no I/O, no clock, no environment, no toolkit. */
const pure = ['domain', 'protocol', 'plan', 'diagnose'];

const effects = [
  'node:fs',
  'node:fs/promises',
  'node:child_process',
  'node:net',
  'node:os',
  'node:process',
  'ssh2',
];

const layerRules = layers.map((layer, index) => ({
  files: [`src/${layer}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: pure.includes(layer) ? effects : [],
        patterns: [
          ...layers.slice(0, index).map((above) => ({
            group: [`../${above}/*`, `../../${above}/*`],
            message: `${layer}/ may not import from ${above}/: arrows point down.`,
          })),
          ...(layer === 'action'
            ? []
            : [{ group: ['@actions/*'], message: 'Only action/ knows GitHub.' }]),
          ...(layer === 'ssh' ? [] : [{ group: ['ssh2'], message: 'Only ssh/ runs ssh2.' }]),
          {
            group: entries.flatMap((name) => [`../${name}.ts`, `../../${name}.ts`]),
            message: 'Entries and their verbs are not imported.',
          },
        ],
      },
    ],
    ...(pure.includes(layer)
      ? { 'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'Date'] }
      : {}),
  },
}));

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '__tests__/fixtures/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  ...layerRules,
);
