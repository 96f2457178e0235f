import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { generateSession, readTrace } from '@flowsync/testkit/sessions'
import type { WorkerReply } from '../worker/worker-process.js'
import type { HubProbe, Stage } from './benchmark.js'
import { benchmarks } from './benchmarks.js'
import { partsOf, type PeerName } from './peers.js'
import { ServerProcess } from './server-process.js'
import type { StoreUrls } from './stores.js'

/** What a worker is started with. */
export interface HubWorkerOptions {
  readonly peer: PeerName
  readonly benchmark: string
  readonly isQuick: boolean
  readonly seed: number
  /** A recorded session of one person; generated when absent. */
  readonly trace?: string
  /** What it writes goes below it, and is removed by its parent. */
  readonly directory: string
  readonly stores: StoreUrls
}

// The clients of one peer in one benchmark. They load a server in yet another process, which ends with this one.
const options = JSON.parse(process.argv[2] ?? '{}') as HubWorkerOptions
const reply = (message: WorkerReply) => process.send?.(message)
process.on('disconnect', () => process.exit())

try {
  const benchmark = benchmarks.find(({ name }) => name === options.benchmark)
  if (!benchmark) throw new Error(`no benchmark is called ${options.benchmark}`)
  const probe = await benchmark.prepare(await createStage())
  process.on('message', () => void runOnce(probe))
  reply({ kind: 'ready', ...(probe.note === undefined ? {} : { note: probe.note }) })
} catch (error) {
  fail(error)
}

async function createStage(): Promise<Stage> {
  const { peer, isQuick, seed, trace, directory, stores } = options
  const client = await partsOf(peer).client?.()
  const newDirectory = () => mkdtempSync(join(directory, 'data-'))
  return {
    peer,
    isQuick,
    seed,
    stores,
    newDirectory,
    startServer: (server = {}, measuresMemory = false) =>
      ServerProcess.start(peer, { directory: newDirectory(), ...server }, measuresMemory),
    open: (with_) => {
      if (!client) throw new Error(`${peer} has no client`)
      return client.open(with_)
    },
    generated: (edits) => generateSession(edits, seed),
    session: async (edits) => {
      if (trace === undefined || isQuick) return generateSession(edits, seed)
      const session = await readTrace(trace)
      if (session.kind !== 'sequential') throw new Error(`${trace} is not a session of one person`)
      return session
    },
  }
}

async function runOnce(probe: HubProbe): Promise<void> {
  const startedAt = performance.now()
  try {
    const figures = await probe.run()
    reply({ kind: 'ran', figures, wallMs: performance.now() - startedAt })
  } catch (error) {
    fail(error)
  }
}

function fail(error: unknown): void {
  reply({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
}
