import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { PeerName } from './adapters.js'
import { bundled } from './bundle.js'
import type { Outcome } from '../report/outcome.js'

const packageDirectory = fileURLToPath(new URL('../..', import.meta.url))

/** What an application would import, and the WebAssembly that comes with it. */
interface Bundle {
  readonly imports: string
  readonly wasm?: string
  readonly note?: string
}

/** Texts, lists and maps, with what it takes to merge them. */
const main: Readonly<Partial<Record<PeerName, Bundle>>> = {
  flowsync: { imports: `export { Fold, list, map, text } from '@flowsync/crdt'` },
  yjs: {
    imports: `export { Doc, Text, Array, Map, applyUpdate, encodeStateAsUpdate, encodeStateVector } from 'yjs'`,
  },
  'json-joy': {
    imports: `export { Model } from 'json-joy/lib/json-crdt/model/Model.js'
      export { Patch } from 'json-joy/lib/json-crdt-patch/Patch.js'`,
  },
  loro: {
    imports: `export { LoroDoc } from 'loro-crdt'`,
    wasm: 'node_modules/loro-crdt/nodejs/loro_wasm_bg.wasm',
  },
  automerge: {
    imports: `export * from '@automerge/automerge/slim'`,
    wasm: 'node_modules/@automerge/automerge/dist/automerge.wasm',
  },
  'diamond-types': {
    imports: `export { Doc } from 'diamond-types-node'`,
    wasm: 'node_modules/diamond-types-node/dt_bg.wasm',
    note: 'texts only',
  },
  ywasm: {
    imports: `export { YDoc, applyUpdate, encodeStateAsUpdate, encodeStateVector } from 'ywasm'`,
    wasm: 'node_modules/ywasm/ywasm_bg.wasm',
  },
}

/** The small rules; peers come in one piece. */
const small: typeof main = {
  flowsync: { imports: `export { Fold, counter, log, register, set } from '@flowsync/crdt'` },
}

/** What is bundled, by the name of the benchmark. */
const bundles: Readonly<Record<string, typeof main>> = { 'size-main': main, 'size-small': small }

/** Whether a benchmark is about sizes, and needs no process. */
export function isAboutSize(benchmark: string): boolean {
  return benchmark in bundles
}

/** Bytes of each peer, bundled, minified and gzipped, its WebAssembly included. */
export async function measureSizes(
  benchmark: string,
  peers: readonly PeerName[],
): Promise<ReadonlyMap<PeerName, Outcome>> {
  const outcomes = new Map<PeerName, Outcome>()
  for (const peer of peers) {
    const bundle = bundles[benchmark]?.[peer]
    if (bundle) outcomes.set(peer, await sizeOf(bundle))
  }
  return outcomes
}

async function sizeOf({ imports, wasm, note }: Bundle): Promise<Outcome> {
  try {
    const files = [
      await bundled({ contents: imports, resolveDir: packageDirectory }),
      ...(wasm ? [readFileSync(join(packageDirectory, wasm))] : []),
    ]
    const bytes = files.reduce((sum, file) => sum + gzipped(file), 0)
    return {
      kind: 'measured',
      first: { bytes },
      processes: 1,
      runs: 0,
      ...(note === undefined ? {} : { note }),
    }
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) }
  }
}

function gzipped(bytes: Uint8Array): number {
  return gzipSync(bytes, { level: 9 }).length
}
