import { delay } from '../settle.js'
import type { HubBenchmark } from '../benchmark.js'
import { gatherCrowd } from './crowd.js'

const CONNECTIONS = 5_000
const QUICK_CONNECTIONS = 500
const AT_ONCE = 100
/** Connections before the first reading, so that what a server sets up once is not counted. */
const EARLIER = 100
/** Until what connecting took has been let go of. */
const REST_MS = 500

/** What a connection takes that has joined one document and says nothing. */
export const idleMemory: HubBenchmark = {
  name: 'idle-memory',
  peers: ['flowsync', 'ws', 'socket.io', 'hocuspocus', 'y-websocket'],
  isFresh: true,
  mostRuns: 3,
  async prepare(stage) {
    const count = stage.isQuick ? QUICK_CONNECTIONS : CONNECTIONS
    const server = await stage.startServer({}, true)
    const resting = async () => {
      await delay(REST_MS)
      return (await server.usage()).rssBytes
    }
    const crowd = { url: server.url, document: 'd', atOnce: AT_ONCE }
    await gatherCrowd(stage, { ...crowd, count: EARLIER, firstAuthor: 1 })
    return {
      run: async () => {
        const before = await resting()
        await gatherCrowd(stage, { ...crowd, count, firstAuthor: EARLIER + 1 })
        return { bytes: ((await resting()) - before) / count }
      },
    }
  },
}
