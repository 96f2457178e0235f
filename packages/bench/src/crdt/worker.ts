import { adapters } from './adapters.js'
import type { Probe } from './benchmark.js'
import type { Peer } from './peer.js'
import type { WorkerReply } from '../worker/worker-process.js'
import type { WorkerOptions } from './worker-messages.js'

// One peer and one benchmark in a process of their own: no library's garbage or code is in another's way. It imports
// as little as it can itself, since what the first edit takes begins with nothing imported.
const options = JSON.parse(process.argv[2] ?? '{}') as WorkerOptions
const reply = (message: WorkerReply) => process.send?.(message)

try {
  if (options.benchmark.startsWith('first-edit')) await measureFirstEdit(options)
  else await serve()
} catch (error) {
  reply({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
}

async function measureFirstEdit({ peer, bundle }: WorkerOptions): Promise<void> {
  const { firstEdit } = await import('./benchmarks/first-edit.js')
  const load =
    bundle === undefined ? adapters[peer] : () => import(bundle) as Promise<{ readonly peer: Peer }>
  const ms = await firstEdit(load)
  reply({ kind: 'ready' })
  process.once('message', () => reply({ kind: 'ran', figures: { ms }, wallMs: ms }))
}

async function serve(): Promise<void> {
  const { watchWebAssembly } = await import('./memory.js')
  watchWebAssembly()
  const { peer } = await adapters[options.peer]()
  const { benchmarks } = await import('./benchmarks.js')
  const benchmark = benchmarks.find(({ name }) => name === options.benchmark)
  if (!benchmark) throw new Error(`no benchmark is called ${options.benchmark}`)
  const documents = peer[benchmark.of]
  const reason = peer.lacks?.[benchmark.name] ?? (documents ? undefined : peer.lacks?.[benchmark.of])
  if (!documents || reason !== undefined) return void reply({ kind: 'lacks', reason: reason ?? 'has none' })

  const { createWorkload } = await import('./workload.js')
  const most = peer.limits?.[benchmark.name]
  const probe = await benchmark.prepare(
    documents,
    createWorkload(options.workload, options.peer, benchmark.name, most),
  )
  reply({ kind: 'ready', edits: probe.edits, note: peer.notes?.[benchmark.name] })
  process.on('message', () => runOnce(probe))
}

function runOnce(probe: Probe): void {
  const startedAt = performance.now()
  try {
    const figures = probe.run()
    reply({ kind: 'ran', figures, wallMs: performance.now() - startedAt })
  } catch (error) {
    reply({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
}
