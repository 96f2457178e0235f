import { build, type Metafile } from 'esbuild'
import { describe, expect, it, vi } from 'vitest'
import { createClient } from '../client.js'
import { codeOf, streams, World } from '../tests/world.js'

/** Bundles a page as applications do: every output with what it holds. */
async function bundle(code: string): Promise<Metafile['outputs']> {
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@flowsync/source'],
    outdir: 'out',
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  return metafile.outputs
}

function inputsOf(output: Metafile['outputs'][string] | undefined): string[] {
  return Object.keys(output?.inputs ?? {})
}

const isDexie = (path: string): boolean => path.includes('/dexie/')

describe('the storage of browsers', () => {
  it('is a chunk of its own, which a page loads when its client opens', async () => {
    const outputs = await bundle(
      `import { createClient } from '@flowsync/core'; globalThis.createClient = createClient`,
    )
    const [entry] = Object.values(outputs).filter(({ entryPoint }) => entryPoint === '<stdin>')
    expect(inputsOf(entry).length).toBeGreaterThan(10)
    expect(inputsOf(entry).filter(isDexie)).toEqual([])
    const dynamic = entry?.imports.filter(({ kind }) => kind === 'dynamic-import').map(({ path }) => path)
    expect(dynamic).toHaveLength(1)
    // None of what the entry needs at once carries it either.
    const statics = entry?.imports.filter(({ kind }) => kind === 'import-statement') ?? []
    for (const { path } of statics) expect(inputsOf(outputs[path]).filter(isDexie)).toEqual([])
    expect(Object.values(outputs).some((output) => inputsOf(output).some(isDexie))).toBe(true)
  })

  it('is left out of a page that makes no client', async () => {
    const outputs = await bundle(`import { text } from '@flowsync/core'; globalThis.rule = text()`)
    const [entry] = Object.values(outputs).filter(({ entryPoint }) => entryPoint === '<stdin>')
    expect(inputsOf(entry).filter(isDexie)).toEqual([])
    // esbuild writes the chunk all the same, but nothing asks for it.
    expect(entry?.imports.filter(({ kind }) => kind === 'dynamic-import')).toEqual([])
  })

  it('is the default there, and tells when there is no IndexedDB', async () => {
    const world = new World()
    const client = world.client({ storage: undefined })
    expect(client.getSnapshot().storage.kind).toBe('indexeddb')
    const receipt = client.stream('doc:a').insert(0, 'x')
    await vi.waitFor(() => expect(client.getSnapshot().storage.health).toBe('not-saved'))
    expect(await codeOf(receipt.saved)).toBe('storage/unavailable')
    await vi.waitFor(() => receipt.acked)
    expect(client.getSnapshot().error?.code).toBe('storage/unavailable')
    await client.close()
  })

  it('is not touched by a client that nobody opened, nor where there is no browser', async () => {
    const open = vi.fn()
    vi.stubGlobal('indexedDB', { open })
    const world = new World()
    const client = world.client({ storage: undefined, connect: false })
    const elsewhere = createClient({ url: 'http://hub.test', streams, token: () => null, subject: 'alice' })
    expect(elsewhere.getSnapshot().storage.kind).toBe('memory')
    await client.close()
    await elsewhere.close()
    expect(open).not.toHaveBeenCalled()
    vi.unstubAllGlobals()
  })
})

describe('when its code cannot be loaded', () => {
  it('says that nothing is saved, tries again, and saves everything then', async () => {
    let isMissing = true
    vi.resetModules()
    vi.doMock('./dexie.js', async () => {
      const { memory } = await import('./memory.js')
      const disk = memory()
      const dexieStorage = (): unknown => {
        if (isMissing) throw new TypeError('Failed to fetch dynamically imported module')
        return disk
      }
      return { dexieStorage }
    })
    const fresh = await import('../tests/world.js')
    const world = new fresh.World()
    const client = world.client({ storage: undefined })
    const doc = client.stream('doc:a')
    const receipt = doc.insert(0, 'x')
    await vi.waitFor(() => expect(client.getSnapshot().storage.health).toBe('not-saved'))
    expect(await fresh.codeOf(receipt.saved)).toBe('storage/unavailable')
    isMissing = false
    await vi.waitFor(async () => {
      await world.system.advance(5_000)
      expect(client.getSnapshot().storage.health).toBe('ok')
    })
    await client.close()
    vi.doUnmock('./dexie.js')
  })
})
