import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { PeerName } from './adapters.js'

/** Peers that are JavaScript alone: a bundle of them needs nothing beside it. */
const bundledPeers: readonly PeerName[] = ['flowsync', 'yjs', 'json-joy']

/** Bundles and minifies a module, as an application would, with all that it imports. */
export async function bundled(module: {
  readonly contents: string
  readonly resolveDir: string
}): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: module,
    bundle: true,
    minify: true,
    format: 'esm',
    // Some of the WebAssembly peers are made for Node; what they load from it is not theirs.
    platform: 'node',
    mainFields: ['module', 'main'],
    external: ['node:*'],
    write: false,
    logLevel: 'silent',
  })
  const [file] = outputFiles
  if (!file) throw new Error('nothing was bundled')
  return file.contents
}

/** Writes the adapters that can be bundled into files of their own. @returns their addresses, by peer */
export async function bundleAdapters(
  peers: readonly PeerName[],
  directory: string,
): Promise<ReadonlyMap<PeerName, string>> {
  const resolveDir = fileURLToPath(new URL('./adapters', import.meta.url))
  const files = new Map<PeerName, string>()
  for (const peer of peers.filter((name) => bundledPeers.includes(name))) {
    const file = join(directory, `${peer}.mjs`)
    writeFileSync(file, await bundled({ contents: `export { peer } from './${peer}.js'`, resolveDir }))
    files.set(peer, pathToFileURL(file).href)
  }
  return files
}
