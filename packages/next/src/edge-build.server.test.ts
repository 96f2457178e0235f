import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** The files and the outside modules of a bundle for an edge runtime; fails where one cannot be found there. */
async function bundleForEdge(contents: string): Promise<{ files: string[]; outside: string[] }> {
  const { metafile } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    packages: 'bundle',
    platform: 'neutral',
    conditions: ['@flowsync/source', 'edge-light', 'import'],
    format: 'esm',
    outfile: 'edge.js',
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  return {
    files: Object.keys(metafile.inputs),
    outside: Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path)),
  }
}

test('the server entry runs on an edge: nothing of Node and nothing of NextAuth', async () => {
  const { files, outside } = await bundleForEdge("export * from '@flowsync/next'")
  expect(files.some((file) => file.includes('token-route'))).toBe(true)
  expect(files.filter((file) => /next-auth|node_modules\/next\/|packages\/hub/.test(file))).toEqual([])
  expect(outside).toEqual([])
})

test('only the entry for NextAuth 4 needs Node', async () => {
  await expect(bundleForEdge("export * from '@flowsync/next/next-auth'")).rejects.toThrow(/Could not resolve/)
})
