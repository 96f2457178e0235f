import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { checkDependencies } from './check-dependencies.mjs'
import { checkFigures } from './check-figures.mjs'
import { checkLinks } from './check-links.mjs'
import { checkPackages } from './check-packages.mjs'
import { checkSnippets } from './check-snippets.mjs'
import { parseJson, readJson } from './json.mjs'
import { run } from './process.mjs'
import { countPlaywright, countVitest, one, sum } from './reports.mjs'
import { bin, cacheDir, environment, filesBelow, nodePath, packageDirectories, root } from './workspace.mjs'

/** @typedef {import('./reports.mjs').Count} Count */

/**
 * @typedef {object} Context what a suite is given
 * @property {string | undefined} redisUrl
 * @property {string | undefined} databaseUrl
 * @property {string | undefined} chromiumPath
 * @property {(chunk: string) => void} onOutput
 */

/**
 * What a suite needs besides packages: a running Redis or PostgreSQL, a Chromium, or (`servers`) the programs to start
 * servers of one's own with, and (`strace`) a look at what a process writes to its disk.
 *
 * @typedef {'redis' | 'postgres' | 'chromium' | 'servers' | 'strace'} Need
 */

/**
 * @typedef {object} Suite
 * @property {string} name what `--only` calls it
 * @property {string} title
 * @property {readonly Need[]} [needs]
 * @property {boolean} needsBuild whether it reads what `build` wrote
 * @property {boolean} live whether its output is shown while it runs; others run two at a time
 * @property {() => boolean} [exists] whether there is anything to run yet
 * @property {(context: Context) => Promise<Count> | Count} run
 */

const workers = '2'

/** A runner that hangs ends as a failure, well before anybody's patience does. */
const runnerTimeoutMs = 780_000

/**
 * A command that is one test.
 *
 * @param {string} name
 * @param {readonly string[]} args
 * @param {Context} context
 */
async function command(name, args, context) {
  const { code, output } = await run(bin(name), args, { onOutput: context.onOutput })
  return one(code === 0, output)
}

/**
 * @template T
 * @param {string} file
 * @returns {T | undefined}
 */
const readReport = (file) => (existsSync(file) ? /** @type {T} */ (readJson(file)) : undefined)

/** @param {string} name */
function freshReportFile(name) {
  mkdirSync(cacheDir, { recursive: true })
  const file = join(cacheDir, `${name}-report.json`)
  rmSync(file, { force: true })
  return file
}

/**
 * @param {string} name of the suite, and of its project
 * @param {Context} context
 * @param {readonly string[]} [projects]
 */
async function vitest(name, { redisUrl, databaseUrl, onOutput }, projects = [name]) {
  const file = freshReportFile(name)
  const args = [
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]
  const { code } = await run(bin('vitest'), args, {
    onOutput,
    timeoutMs: runnerTimeoutMs,
    env: environment({
      REDIS_URL: redisUrl ?? process.env['REDIS_URL'],
      DATABASE_URL: databaseUrl ?? process.env['DATABASE_URL'],
      // Tests start hundreds of threads and processes from the sources: each would strip their types anew.
      NODE_COMPILE_CACHE: join(cacheDir, 'compiled'),
    }),
  })
  return countVitest(readReport(file), code)
}

/** @param {Context} context */
async function playwright({ redisUrl, chromiumPath, onOutput }) {
  const file = freshReportFile('e2e')
  const { code } = await run(bin('playwright'), ['test', '--reporter=list,json', `--workers=${workers}`], {
    onOutput,
    timeoutMs: runnerTimeoutMs,
    env: environment({
      PLAYWRIGHT_JSON_OUTPUT_FILE: file,
      CHROMIUM_PATH: chromiumPath,
      REDIS_URL: redisUrl ?? process.env['REDIS_URL'],
      // Playwright asks its workers for colours, and Node warns of the contradiction.
      NO_COLOR: undefined,
    }),
  })
  return countPlaywright(readReport(file), code)
}

/** A minute of faults, always those of one seed; `npm run chaos` takes any. @param {Context} context */
async function chaos({ onOutput }) {
  const script = join(root, 'packages', 'testkit', 'dist', 'cli', 'chaos.js')
  const args = [script, '--seconds', '60', '--hubs', '3', '--seed', '1']
  const { code, output } = await run(nodePath, args, { onOutput, timeoutMs: runnerTimeoutMs })
  return one(code === 0, output)
}

/** @param {Context} context */
async function types(context) {
  const svelte = join(root, 'packages', 'svelte')
  const counts = [await command('tsc', ['-b', '--pretty', 'false'], context)]
  if (filesBelow(join(svelte, 'src')).some((file) => file.endsWith('.svelte'))) {
    const args = ['--tsconfig', './tsconfig.test.json', '--fail-on-warnings', '--output', 'human']
    const checker = join(svelte, 'node_modules', '.bin', 'svelte-check')
    const { code, output } = await run(checker, args, { cwd: svelte, onOutput: context.onOutput })
    counts.push(one(code === 0, output))
  }
  return sum(counts)
}

/** One test an entry of `.size-limit.json`. @param {Context} context */
async function sizes({ onOutput }) {
  const { output, stdout } = await run(bin('size-limit'), ['--json'], { onOutput })
  // A run that failed answers with an object, or with no JSON at all.
  if (!stdout.trimStart().startsWith('[')) return one(false, output)
  const entries = /** @type {{ name: string, size: number, sizeLimit: number, passed: boolean }[]} */ (
    parseJson(stdout)
  )
  return sum(
    entries.map(({ name, size, sizeLimit, passed }) =>
      one(passed, `${name}: ${size} bytes gzipped, the limit is ${sizeLimit}`),
    ),
  )
}

/** @param {RegExp} pattern */
const someTestMatches = (pattern) =>
  packageDirectories().some((directory) => filesBelow(directory).some((file) => pattern.test(file)))

/** In the order of the summary. @type {readonly Suite[]} */
export const suites = [
  {
    name: 'build',
    title: 'every package and app builds',
    needsBuild: false,
    live: true,
    run: (context) => command('turbo', ['run', 'build', `--concurrency=${workers}`], context),
  },
  { name: 'types', title: 'types, tests included', needsBuild: true, live: true, run: types },
  {
    name: 'lint',
    title: 'ESLint',
    needsBuild: true,
    live: false,
    run: (context) => command('eslint', ['.'], context),
  },
  {
    name: 'format',
    title: 'Prettier',
    needsBuild: false,
    live: false,
    run: (context) =>
      command(
        'prettier',
        ['--check', '--cache', '--cache-location', join(cacheDir, 'prettier'), '.'],
        context,
      ),
  },
  {
    name: 'layers',
    title: 'layer rules',
    needsBuild: false,
    live: false,
    run: (context) =>
      command('depcruise', ['--config', '.dependency-cruiser.cjs', 'packages', 'apps', 'e2e'], context),
  },
  {
    name: 'dead-code',
    title: 'no unused files, exports or dependencies',
    needsBuild: false,
    live: false,
    run: (context) => command('knip', ['--no-progress', '--no-config-hints'], context),
  },
  {
    name: 'publint',
    title: 'packed packages, publint',
    needsBuild: true,
    live: false,
    run: () => checkPackages('publint'),
  },
  {
    name: 'attw',
    title: 'packed packages, types for every resolver',
    needsBuild: true,
    live: false,
    run: () => checkPackages('attw'),
  },
  { name: 'sizes', title: 'bundle sizes', needsBuild: true, live: false, run: sizes },
  {
    name: 'docs',
    title: 'links, snippets, quoted figures, dependency reasons',
    needsBuild: true,
    live: false,
    run: async () => sum([checkLinks(), checkDependencies(), checkFigures(), await checkSnippets()]),
  },
  {
    name: 'unit',
    title: 'unit, property, simulation, integration',
    needs: ['strace'],
    needsBuild: true,
    live: true,
    run: (context) => vitest('unit', context, ['pure', 'unit']),
  },
  {
    name: 'dom',
    title: 'bindings in a DOM',
    needsBuild: false,
    live: true,
    exists: () => someTestMatches(/packages\/(react|vue|svelte|next)\/src\/.*(?<!\.server)\.test\.tsx?$/),
    run: (context) => vitest('dom', context),
  },
  {
    name: 'redis',
    title: 'against a real Redis',
    needs: ['redis', 'servers'],
    needsBuild: true,
    live: true,
    exists: () => someTestMatches(/\.redis\.test\.ts$/),
    run: (context) => vitest('redis', context),
  },
  {
    name: 'postgres',
    title: 'against a real PostgreSQL',
    needs: ['postgres', 'servers'],
    needsBuild: true,
    live: true,
    exists: () => someTestMatches(/\.pg\.test\.ts$/),
    run: (context) => vitest('postgres', context),
  },
  {
    name: 'chaos',
    title: 'three hubs, PostgreSQL and Redis, killed and cut off at random',
    needs: ['servers'],
    needsBuild: true,
    live: true,
    run: chaos,
  },
  {
    name: 'e2e',
    title: 'end to end in a real browser',
    needs: ['chromium'],
    needsBuild: true,
    live: true,
    exists: () => filesBelow(join(root, 'e2e')).some((file) => file.endsWith('.spec.ts')),
    run: playwright,
  },
]

/**
 * @param {string | undefined} only names, separated by commas
 * @returns {Suite[]}
 */
export function chosenSuites(only) {
  const existing = suites.filter((suite) => suite.exists?.() ?? true)
  if (only === undefined) return existing
  const names = only.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name))
  if (unknown.length > 0) {
    throw new Error(
      `no suite is called ${unknown.join(', ')}; there are ${suites.map(({ name }) => name).join(', ')}`,
    )
  }
  return existing.filter((suite) => names.includes(suite.name))
}
