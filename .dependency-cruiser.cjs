/**
 * Who may import whom: the layer table of ARCHITECTURE.md.
 * A package is absent from its own row; `testkit` may be used by any test.
 */
const mayImport = {
  crdt: [],
  mesh: [],
  protocol: ['crdt'],
  token: ['crdt'],
  core: ['crdt', 'mesh', 'protocol'],
  hub: ['crdt', 'protocol', 'token'],
  workflow: ['core', 'crdt', 'protocol'],
  yjs: ['core', 'crdt'],
  react: ['core', 'mesh', 'workflow'],
  vue: ['core', 'mesh', 'workflow'],
  svelte: ['core', 'mesh', 'workflow'],
  next: ['core', 'react', 'token'],
  testkit: ['crdt', 'mesh', 'protocol', 'token', 'core', 'hub'],
  bench: ['crdt', 'mesh', 'protocol', 'core', 'hub', 'testkit'],
}

const testFile = '\\.(test|prop\\.test|test-d)\\.tsx?$|/(test|tests|fixtures)/'
const dependencyFree = ['crdt', 'mesh', 'protocol']
/** What runs in browsers or on edges. */
const portablePackages = ['crdt', 'mesh', 'protocol', 'token', 'core', 'react', 'vue', 'svelte', 'next']
const either = (/** @type {string[]} */ names) => `(${names.join('|')})`

const layers = Object.entries(mayImport).flatMap(([name, allowed]) => {
  const source = `^packages/${name}/`
  return [
    {
      name: `layer-${name}`,
      severity: 'error',
      comment: `${name} may import ${allowed.join(', ') || 'no other package'}`,
      from: { path: source, pathNot: testFile },
      to: { path: '^(packages|apps|e2e)/', pathNot: `^packages/${either([name, ...allowed])}/` },
    },
    {
      name: `layer-${name}-tests`,
      severity: 'error',
      comment: `the tests of ${name} may import what ${name} may, and testkit`,
      from: { path: source + '.*(' + testFile + ')' },
      to: { path: '^(packages|apps|e2e)/', pathNot: `^packages/${either([name, 'testkit', ...allowed])}/` },
    },
  ]
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'modules must not form a cycle',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-deep-import',
      severity: 'error',
      comment: 'another package is reached by its name and public exports, never by a path into it',
      from: { path: '^(packages/[^/]+|apps/[^/]+|e2e)/' },
      to: {
        path: '^packages/[^/]+/',
        pathNot: '^$1/',
        dependencyTypes: ['local'],
      },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      comment: 'an import that does not resolve: a deep import past `exports`, or a missing dependency',
      from: {},
      // `@/` is an application's own folder; its build resolves it.
      to: { couldNotResolve: true, pathNot: '^@/' },
    },
    {
      name: 'no-own-index',
      severity: 'error',
      comment: 'an inner file imports its neighbour, not the index of its own package',
      from: { path: '^packages/([^/]+)/src/', pathNot: [testFile, '^packages/[^/]+/src/index\\.tsx?$'] },
      to: { path: '^packages/$1/src/index\\.tsx?$' },
    },
    {
      name: 'client-never-imports-hub',
      severity: 'error',
      comment:
        'client and hub share only crdt and protocol; servers of applications sign tokens without the hub',
      from: {
        path: '^packages/(crdt|mesh|protocol|token|core|workflow|yjs|react|vue|svelte|next)/',
        pathNot: testFile,
      },
      to: { path: '^packages/hub/' },
    },
    {
      name: 'hub-never-imports-client',
      severity: 'error',
      comment: 'client and hub share only crdt and protocol',
      from: { path: '^packages/hub/', pathNot: testFile },
      to: { path: '^packages/(core|react|vue|svelte|next|testkit)/' },
    },
    {
      name: 'browser-never-imports-node',
      severity: 'error',
      comment:
        'what a browser or an edge loads has no node: modules (SQLite storage is a subpath for Node only)',
      from: {
        path: `^packages/${either(portablePackages)}/src/`,
        pathNot: [testFile, '^packages/core/src/(storage/)?sqlite'],
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'hub-never-imports-dexie',
      severity: 'error',
      comment: 'IndexedDB lives in browsers',
      from: { path: '^packages/hub/' },
      to: { path: '(^|/)node_modules/dexie/|^dexie' },
    },
    {
      name: 'dependency-free',
      severity: 'error',
      comment: `${dependencyFree.join(', ')} have no runtime dependency outside the workspace`,
      from: { path: `^packages/${either(dependencyFree)}/src/`, pathNot: testFile },
      to: { path: 'node_modules/' },
    },
    {
      name: 'no-dev-dependency-in-source',
      severity: 'error',
      comment: 'what ships must not import a devDependency',
      // What bench measures is never shipped.
      from: { path: '^packages/[^/]+/src/', pathNot: [testFile, '^packages/bench/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm-peer', 'type-only'] },
    },
    {
      name: 'no-test-in-source',
      severity: 'error',
      comment: 'what ships must not import a test',
      from: { path: '^packages/[^/]+/src/', pathNot: testFile },
      to: { path: testFile },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|e2e/apps/(nuxt|sveltekit)|\\.next|\\.svelte-kit|\\.turbo|\\.snippets)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@flowsync/source', 'import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.tsx', '.d.ts', '.mjs', '.js', '.cjs', '.json', '.svelte', '.vue'],
    },
  },
}
