import { type PeerName, partsOf } from './peers.js'
import type { ServerQuestion, ServerReply } from './server-process.js'
import type { RunningServer, ServerOptions } from './server-types.js'

// One server in a process of its own. It ends with whoever started it.
const { peer, options } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly peer: PeerName
  readonly options: ServerOptions
}
const reply = (message: ServerReply) => process.send?.(message)
process.on('disconnect', () => process.exit())

try {
  const parts = await partsOf(peer).server?.()
  if (!parts) throw new Error(`${peer} has no server`)
  const server = await parts.start(options)
  process.on('message', (question: ServerQuestion) => {
    if (question === 'usage') reply({ kind: 'usage', ...usage() })
    else endWith(server)
  })
  reply({ kind: 'ready', port: server.port })
} catch (error) {
  fail(error)
}

function endWith(server: RunningServer): void {
  server.close().then(() => process.exit(), fail)
}

function usage() {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1000, rssBytes: restingBytes() }
}

/** Resident memory after collecting garbage, where the process was started so that it can. */
function restingBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}

function fail(error: unknown): void {
  reply({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
}
