import type { Figures } from '../../report/outcome.js'
import type { HubBenchmark } from '../benchmark.js'
import type { ServerProcess } from '../server-process.js'
import { Audience } from './audience.js'

const EDITS_PER_SECOND = 20
const IN_FLIGHT = 200
const LISTEN_MS = 1_500
const FLOOD_MS = 1_000
const WARM_UP_MS = 1_000
const QUICK_MS = 400

function fanOutBenchmark(subscribers: number): HubBenchmark {
  return {
    name: `fan-out-${subscribers}`,
    peers: ['flowsync', 'ws', 'socket.io', 'hocuspocus', 'y-websocket'],
    async prepare(stage) {
      const server = await stage.startServer()
      const audience = new Audience({
        stage,
        urls: [server.url],
        writerUrl: server.url,
        document: 'd',
        subscribers: stage.isQuick ? Math.min(subscribers, 100) : subscribers,
      })
      await audience.gather()
      await audience.flood(stage.isQuick ? QUICK_MS : WARM_UP_MS, IN_FLIGHT)
      const note = stage.peer === 'flowsync' ? 'durable before it is delivered' : 'from memory'
      return { note, run: () => run(server, audience, stage.isQuick) }
    },
  }
}

async function run(server: ServerProcess, audience: Audience, isQuick: boolean): Promise<Figures> {
  const listened = await measureCpu(server, () =>
    audience.listen(isQuick ? QUICK_MS : LISTEN_MS, 1000 / EDITS_PER_SECOND),
  )
  const [latencies] = audience.latencies
  if (!latencies) throw new Error('nobody listened')
  const usage: number[] = []
  const { deliveries, seconds } = await audience.flood(
    isQuick ? QUICK_MS : FLOOD_MS,
    IN_FLIGHT,
    async () => void usage.push((await server.usage()).cpuMs),
  )
  const [before = 0, after = 0] = usage
  return {
    p50: latencies.quantile(0.5),
    p99: latencies.quantile(0.99),
    cpuPercent: (100 * listened.cpuMs) / listened.wallMs,
    rate: deliveries / seconds,
    cpuSecondsPerMillion: (after - before) / 1000 / (deliveries / 1_000_000),
  }
}

async function measureCpu(server: ServerProcess, work: () => Promise<void>) {
  const before = await server.usage()
  const startedAt = performance.now()
  await work()
  const wallMs = performance.now() - startedAt
  return { cpuMs: (await server.usage()).cpuMs - before.cpuMs, wallMs }
}

/** One writer and 10, 100 and 1000 subscribers: at the pace of a person, and as fast as it goes. */
export const fanOut: readonly HubBenchmark[] = [10, 100, 1000].map(fanOutBenchmark)
