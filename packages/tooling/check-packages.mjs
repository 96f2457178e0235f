import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { run } from './process.mjs'
import { one, sum } from './reports.mjs'
import { bin, cacheDir, filesBelow, publishedPackages, root, shown } from './workspace.mjs'

/**
 * Checks each package as npm would get it, packed into a tarball; one test a package.
 *
 * @param {'publint' | 'attw'} tool
 */
export async function checkPackages(tool) {
  const counts = []
  for (const { directory, manifest } of publishedPackages()) {
    counts.push(await checkPackage(tool, directory, manifest.name))
  }
  return sum(counts)
}

/** @type {Record<'publint' | 'attw', (tarball: string) => string[]>} */
const argumentsOf = {
  publint: (tarball) => ['run', tarball, '--strict'],
  attw: (tarball) => [tarball, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji', '--no-color'],
}

/**
 * @param {'publint' | 'attw'} tool
 * @param {string} directory
 * @param {string} name
 */
async function checkPackage(tool, directory, name) {
  if (!existsSync(join(directory, 'dist'))) return one(false, `${name} is not built`)
  const stamp = join(cacheDir, `${tool}-${name.replace('/', '-')}`)
  const fingerprint = fingerprintOf(directory)
  // Only success is remembered, and only for the very same files.
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return one(true)

  const scratch = mkdtempSync(join(tmpdir(), 'flowsync-pack-'))
  try {
    const packed = await run(bin('pnpm'), ['pack', '--pack-destination', scratch], { cwd: directory })
    const tarball = readdirSync(scratch).find((file) => file.endsWith('.tgz'))
    if (packed.code !== 0 || tarball === undefined) return one(false, `${name}: ${packed.output}`)
    const outcome = await run(bin(tool), argumentsOf[tool](join(scratch, tarball)))
    if (outcome.code !== 0) return one(false, `${name}: ${outcome.output}`)
    mkdirSync(cacheDir, { recursive: true })
    writeFileSync(stamp, fingerprint)
    return one(true)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** @param {string} directory of a package */
function fingerprintOf(directory) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'pnpm-lock.yaml')))
  const files = [
    join(directory, 'package.json'),
    ...filesBelow(join(directory, 'dist')),
    ...filesBelow(join(directory, 'src')),
  ]
  for (const file of files) {
    if (!file.endsWith('.tsbuildinfo')) hash.update(shown(file)).update(readFileSync(file))
  }
  return hash.digest('hex')
}
