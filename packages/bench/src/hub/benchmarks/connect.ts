import type { HubBenchmark } from '../benchmark.js'
import { delay, Trouble } from '../settle.js'
import { disperse, gatherCrowd } from './crowd.js'

const CLIENTS = 1_000
const QUICK_CLIENTS = 100
const EDITS = 20_000
const DOCUMENT = 'd'
const FILL_MS = 60_000
/** For a hub to make a snapshot in the background, as it does once nobody writes. */
const REST_MS = 3_000
/** For connections to be gone on both sides. */
const PAUSE_MS = 200

/** A thousand clients at once, from the connection until each is up to date with one document. */
export const connect: HubBenchmark = {
  name: 'connect',
  peers: ['flowsync', 'socket.io', 'hocuspocus', 'y-websocket'],
  async prepare(stage) {
    const count = stage.isQuick ? QUICK_CLIENTS : CLIENTS
    const session = stage.generated(EDITS)
    const server = await stage.startServer()
    const trouble = new Trouble()
    const writer = stage.open({ url: server.url, document: DOCUMENT, author: 1, onFailure: trouble.report })
    await trouble.during('joining', FILL_MS, writer.ready)
    await trouble.during('filling', FILL_MS, writer.fill?.(session.edits) ?? Promise.resolve())
    await delay(REST_MS)
    // It stays, so that no server lets go of the document.
    const crowd = { url: server.url, document: DOCUMENT, count }
    const [sample] = await gatherCrowd(stage, { ...crowd, count: 1, firstAuthor: 2 })
    if (sample?.expectsLess?.()) throw new Error('no snapshot was made of the document')
    if (sample?.text?.() !== session.endContent) throw new Error('a client that joined has another text')
    const have = sample.version()
    const bytes = sample.joinedBytes?.() ?? 0
    let authors = 10

    const measure = async (what: 'empty' | 'current'): Promise<number> => {
      const startedAt = performance.now()
      const clients = await gatherCrowd(stage, {
        ...crowd,
        firstAuthor: authors,
        ...(what === 'current' ? { have } : {}),
      })
      const ms = performance.now() - startedAt
      authors += count
      for (const client of clients) {
        const got = client.joinedBytes?.() ?? 0
        if (what === 'empty' ? got !== bytes : got * 10 > bytes)
          throw new Error(`a client got ${got} of ${bytes} bytes, being ${what}`)
      }
      disperse(clients)
      await delay(PAUSE_MS)
      return ms
    }
    await measure('current')
    await measure('empty')
    return {
      note: `the document is given in ${bytes.toLocaleString('en-US')} bytes`,
      run: async () => ({ currentMs: await measure('current'), emptyMs: await measure('empty') }),
    }
  },
}
