import type { HubBenchmark, Stage } from '../benchmark.js'
import { countPublishes } from '../redis-publishes.js'
import { Audience } from './audience.js'

const LISTENERS = 20
const CROWD = 100
const IN_FLIGHT = 200
const LISTEN_MS = 2_000
const FLOOD_MS = 1_000
const COUNT_MS = 300
const QUICK_MS = 400
const EDITS_PER_SECOND = 20
const CHANNEL_PREFIX = 'bench'

/** One hub against two that share a PostgreSQL and are linked by Redis, each with half of the subscribers. */
export const twoHubs: HubBenchmark = {
  name: 'two-hubs',
  peers: ['flowsync'],
  needs: ['postgres', 'redis'],
  async prepare(stage) {
    const { postgres = '', redis = '' } = stage.stores
    const storage = { storage: 'postgres', storageUrl: postgres } as const
    const one = [(await stage.startServer({ ...storage, storageName: 'one' })).url]
    const linked = { ...storage, storageName: 'two', redisUrl: redis, channelPrefix: CHANNEL_PREFIX }
    const two = [(await stage.startServer(linked)).url, (await stage.startServer(linked)).url]
    const near = await gathered(stage, 'listen', two, LISTENERS)
    const alone = await gathered(stage, 'crowd', one, CROWD)
    const apart = await gathered(stage, 'crowd', two, CROWD)
    const floodMs = stage.isQuick ? QUICK_MS : FLOOD_MS
    for (const audience of [alone, apart]) await audience.flood(floodMs, IN_FLIGHT)

    return {
      note: 'two processes, durable in PostgreSQL',
      run: async () => {
        await near.listen(stage.isQuick ? QUICK_MS : LISTEN_MS, 1000 / EDITS_PER_SECOND)
        const [own, other] = near.latencies.map((samples) => samples.quantile(0.5))
        const single = await alone.flood(floodMs, IN_FLIGHT)
        const both = await apart.flood(floodMs, IN_FLIGHT)
        return {
          addedMs: (other ?? 0) - (own ?? 0),
          throughput: both.deliveries / both.seconds / (single.deliveries / single.seconds),
          publishes: await publishesPerFlush(apart, redis),
        }
      },
    }
  },
}

/** Half of the subscribers on each hub, the writer on the first. */
async function gathered(
  stage: Stage,
  document: string,
  urls: readonly string[],
  subscribers: number,
): Promise<Audience> {
  const audience = new Audience({ stage, document, urls, writerUrl: urls[0] ?? '', subscribers })
  await audience.gather()
  return audience
}

/** The last subscriber is on the other hub: it gets one frame for each flush. */
async function publishesPerFlush(apart: Audience, redisUrl: string): Promise<number> {
  const counter = await countPublishes(redisUrl, CHANNEL_PREFIX)
  const framesBefore = apart.frames
  await apart.flood(COUNT_MS, IN_FLIGHT)
  const publishes = await counter.end()
  if (publishes === 0) throw new Error('two hubs that publish nothing are not linked')
  return publishes / (apart.frames - framesBefore)
}
