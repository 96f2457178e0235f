import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { readJson } from './json.mjs'

/** The root of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

/** Holds what the tooling remembers between runs; deleting it only costs time. */
export const cacheDir = join(root, 'node_modules', '.cache', 'flowsync-tooling')

/** The Node that the packages are built and tested with; it comes with the dependencies. */
export const nodePath = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
)

/** @param {string} name the name of a command that the dependencies brought */
export const bin = (name) =>
  join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name)

/**
 * The environment of everything that is started: the installed Node and commands come first on the PATH.
 *
 * @param {Record<string, string | undefined>} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
export function environment(extra = {}) {
  return {
    ...process.env,
    PATH: join(root, 'node_modules', '.bin') + delimiter + (process.env['PATH'] ?? ''),
    // What is captured or piped is read by programs; what a terminal shows may have colours.
    ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
    TURBO_TELEMETRY_DISABLED: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    NUXT_TELEMETRY_DISABLED: '1',
    ...extra,
  }
}

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} [version]
 * @property {boolean} [private]
 * @property {string} [packageManager]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, unknown>} [exports]
 */

/**
 * @param {string} directory
 * @returns {Manifest}
 */
export const readManifest = (directory) => /** @type {Manifest} */ (readJson(join(directory, 'package.json')))

/** @returns {string[]} the directories of all workspace packages, the root not among them, sorted */
export function packageDirectories() {
  const parents = ['packages', 'apps', 'e2e/apps'].map((name) => join(root, name)).filter(existsSync)
  const children = parents.flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)))
  return [...children, join(root, 'e2e')].filter((dir) => existsSync(join(dir, 'package.json'))).sort()
}

/** @returns {{ directory: string, manifest: Manifest }[]} the packages that npm would get */
export const publishedPackages = () =>
  packageDirectories()
    .map((directory) => ({ directory, manifest: readManifest(directory) }))
    .filter(({ manifest }) => manifest.private !== true)

const ignoredDirectories = new Set(['node_modules', 'dist'])

/**
 * All files below a directory, but for dependencies, build output and dot folders.
 *
 * @param {string} directory
 * @returns {string[]} absolute paths, sorted
 */
export function filesBelow(directory) {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(directory, entry.name)
      if (!entry.isDirectory()) return [path]
      return ignoredDirectories.has(entry.name) || entry.name.startsWith('.') ? [] : filesBelow(path)
    })
    .sort()
}

/** @param {string} path an absolute path, to be shown */
export const shown = (path) => relative(root, path) || '.'
