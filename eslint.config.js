import js from '@eslint/js'
import reactHooks from 'eslint-plugin-react-hooks'
import globals from 'globals'
import tseslint from 'typescript-eslint'

const tests = [
  '**/*.test.ts',
  '**/*.test.tsx',
  '**/*.test.mjs',
  '**/*.test-d.ts',
  '**/*.test-d.tsx',
  'packages/*/src/tests/**',
  'packages/*/test/**',
  'e2e/**',
]

/** Code that the simulator runs on a virtual clock: time, chance and timers reach it as arguments. */
const deterministic = [
  'packages/crdt/src/**/*.ts',
  'packages/protocol/src/**/*.ts',
  'packages/core/src/**/*.ts',
  'packages/hub/src/log/**/*.ts',
]
const asArgument = 'Take it as an argument; only a file named system.ts offers the real one as a default.'
const ambientGlobals = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'requestAnimationFrame',
  'requestIdleCallback',
  'performance',
  'crypto',
]
const hosts = ['globalThis', 'window', 'self', 'global']

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/.next/**',
      '**/.svelte-kit/**',
      '**/.nuxt/**',
      '**/.output/**',
      '**/.turbo/**',
      '**/.flowsync/**',
      '**/.snippets/**',
      '**/next-env.d.ts',
      // Their builds check them, with the types of components.
      'e2e/apps/{nuxt,sveltekit,vite-vue}/**',
      '**/*.svelte',
      '**/*.vue',
    ],
  },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      globals: { ...globals.node, ...globals.browser },
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration[exported=null]', message: 'Name what is exported.' },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/require-await': 'off',
      // An interface without members is one that users extend by declaration merging.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'always' }],
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-ignore': true, 'ts-nocheck': true, 'ts-expect-error': 'allow-with-description' },
      ],
    },
  },
  {
    files: ['packages/*/src/**', 'packages/tooling/*.mjs', 'apps/**'],
    ignores: tests,
    rules: { 'max-lines': ['warn', { max: 300 }] },
  },
  {
    files: deterministic,
    ignores: [...tests, '**/system.ts'],
    rules: {
      'no-restricted-globals': ['error', ...ambientGlobals.map((name) => ({ name, message: asArgument }))],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: asArgument },
        { object: 'Math', property: 'random', message: asArgument },
        ...hosts.flatMap((object) =>
          [...ambientGlobals, 'Date'].map((property) => ({ object, property, message: asArgument })),
        ),
      ],
      'no-restricted-imports': [
        'error',
        ...['node:timers', 'node:timers/promises', 'node:crypto', 'node:perf_hooks'].map((name) => ({
          name,
          message: asArgument,
        })),
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration[exported=null]', message: 'Name what is exported.' },
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: asArgument },
        { selector: 'CallExpression[callee.name="Date"]', message: asArgument },
      ],
    },
  },
  {
    files: ['packages/{react,next}/src/**/*.{ts,tsx}', 'apps/**/*.{ts,tsx}', 'e2e/apps/next/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: reactHooks.configs.recommended.rules,
  },
  {
    // Tests may hold what they are handed loosely; what they assert is still typed.
    files: tests,
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // A Playwright fixture that needs no other is written `async ({}, use)`.
      'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }],
    },
  },
  {
    files: ['**/*.cjs'],
    ...tseslint.configs.disableTypeChecked,
  },
)
