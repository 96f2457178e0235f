import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** The names of everything that an installation of the package in a folder brings along. */
function installedWith(packageFolder: string): Set<string> {
  const { name, dependencies = {} } = JSON.parse(
    readFileSync(new URL('package.json', `file://${packageFolder}/`), 'utf8'),
  ) as Manifest
  const require = createRequire(`file://${packageFolder}/package.json`)
  const below = Object.keys(dependencies).map((each) =>
    require.resolve(`${each}/package.json`).replace(/\/package\.json$/, ''),
  )
  return new Set([name, ...below.flatMap((each) => [...installedWith(each)])])
}

test('brings neither the hub nor a session library: only the rules of FlowSync and jose', () => {
  expect([...installedWith(folder.replace(/\/$/, ''))].sort()).toEqual([
    '@flowsync/crdt',
    '@flowsync/token',
    'jose',
  ])
})

test('runs on an edge: with the globals of the web and no module of Node', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [`${folder}src/index.ts`],
    bundle: true,
    packages: 'bundle',
    platform: 'neutral',
    conditions: ['@flowsync/source', 'edge-light', 'import'],
    format: 'iife',
    globalName: 'token',
    outfile: 'token.js',
    write: false,
    metafile: true,
  })
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([])

  // What every edge has, and nothing of Node.
  const { btoa, crypto, CryptoKey, Headers, Request, Response } = globalThis
  const { structuredClone, TextDecoder, TextEncoder, Uint8Array } = globalThis
  const requests = { Headers, Request, Response }
  const edge = { ...requests, btoa, crypto, CryptoKey, structuredClone, TextDecoder, TextEncoder, Uint8Array }
  const answer = (await runInContext(
    `${outputFiles[0]?.text}
    token.createTokenRoute({
      session: () => ({ user: { id: 'ada' } }),
      grants: () => ['write:doc:*'],
      secret: 'a secret of thirty-two bytes ...',
    }).GET(new Request('https://app.example/token'))`,
    createContext(edge),
  )) as Response
  expect(decodeJwt(((await answer.json()) as { token: string }).token)).toMatchObject({ sub: 'ada' })
})
