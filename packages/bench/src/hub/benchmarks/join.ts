import type { HubBenchmark, Stage } from '../benchmark.js'
import { joinDocument } from '../join-document.js'
import { joinInNewProcess } from '../joiner-process.js'
import type { ServerProcess } from '../server-process.js'
import { delay, Trouble } from '../settle.js'

const DOCUMENT = 'd'
const GENERATED_EDITS = 260_000
const QUICK_EDITS = 20_000
const FILL_MS = 120_000
const PROCESS_MS = 60_000
const WARM_UPS = 5
/** Between looks at what a joiner is given, while a snapshot may be made. */
const LOOK_MS = 700
const LOOKS = 15

/** A client that has nothing joins a document with a long history. */
export const join: HubBenchmark = {
  name: 'join',
  peers: ['flowsync', 'y-websocket'],
  async prepare(stage) {
    const { edits, endContent } = await stage.session(stage.isQuick ? QUICK_EDITS : GENERATED_EDITS)
    const directory = stage.newDirectory()
    let server = await stage.startServer({ directory })
    const trouble = new Trouble()
    const writer = stage.open({ url: server.url, document: DOCUMENT, author: 1, onFailure: trouble.report })
    await trouble.during('joining', FILL_MS, writer.ready)
    await trouble.during('filling', FILL_MS, writer.fill?.(edits) ?? Promise.resolve())
    const bytes = await rest(stage, server, trouble)
    writer.close()

    const checked = ({ ms, text }: { readonly ms: number; readonly text: string }): number => {
      if (text !== endContent) throw new Error('the joined text is another one')
      return ms
    }
    const joined = async () => checked(await joinDocument(stage.peer, server.url, DOCUMENT))
    // Somebody always has it open, so that no server lets go of it.
    let keeper = stage.open({ url: server.url, document: DOCUMENT, author: 2, onFailure: trouble.report })
    await trouble.during('joining', FILL_MS, keeper.ready)
    for (let i = 0; i < WARM_UPS; i++) await joined()

    return {
      note: `${edits.length.toLocaleString('en-US')} edits, given in ${bytes.toLocaleString('en-US')} bytes`,
      run: async () => {
        const options = { peer: stage.peer, url: server.url, document: DOCUMENT }
        const processMs = checked(await joinInNewProcess(options, PROCESS_MS))
        const warmMs = await joined()
        keeper.close()
        await server.close()
        server = await stage.startServer({ directory })
        const unloadedMs = await joined()
        keeper = stage.open({ url: server.url, document: DOCUMENT, author: 2, onFailure: trouble.report })
        await trouble.during('joining', FILL_MS, keeper.ready)
        await joined()
        return { processMs, warmMs, unloadedMs }
      },
    }
  },
}

/** Waits until joiners are given as little as they will be: a hub makes its snapshot in the background. */
async function rest(stage: Stage, server: ServerProcess, trouble: Trouble): Promise<number> {
  let bytes = 0
  for (let look = 0; look < LOOKS; look++) {
    await delay(LOOK_MS)
    const client = stage.open({
      url: server.url,
      document: DOCUMENT,
      author: 3,
      onFailure: trouble.report,
    })
    await trouble.during('joining', FILL_MS, client.ready)
    bytes = client.joinedBytes?.() ?? 0
    const expectsLess = client.expectsLess?.() ?? false
    client.close()
    if (!expectsLess) break
  }
  return bytes
}
