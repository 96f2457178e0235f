import type { HubBenchmark } from '../benchmark.js'
import { openFullClient } from '../full-client.js'
import { Trouble, until } from '../settle.js'

const EDITS = 10_000
const QUICK_EDITS = 2_000
const WARM_UPS = 3
const ANSWER_MS = 60_000

/**
 * A client that was away and typed comes back: from the attempt to connect until the server has everything. FlowSync's
 * says when it is durable; for the others another client listens for it.
 */
export const queuedOps: HubBenchmark = {
  name: 'queued-ops',
  peers: ['flowsync', 'hocuspocus', 'y-websocket'],
  async prepare(stage) {
    const { edits, endContent } = stage.generated(stage.isQuick ? QUICK_EDITS : EDITS)
    const typed = edits.reduce((sum, { insert }) => sum + insert.length, 0)
    const server = await stage.startServer()
    let documents = 0

    const run = async () => {
      const document = `q${documents++}`
      let heard = 0
      const trouble = new Trouble()
      const witness = stage.open({
        url: server.url,
        document,
        author: 1,
        onEdits: (_first, through) => (heard = Math.max(heard, through)),
        onFailure: trouble.report,
      })
      await trouble.during('joining', ANSWER_MS, witness.ready)
      const client = openFullClient(stage.peer, server.url, document)
      await trouble.during('joining', ANSWER_MS, client.joined)
      client.disconnect()
      await client.edit(edits)
      const startedAt = performance.now()
      client.connect()
      if (client.acknowledged) await trouble.during('reconnecting', ANSWER_MS, client.acknowledged())
      else
        await until(
          () => 'the queue did not arrive',
          () => heard >= typed,
          ANSWER_MS,
          () => trouble.error,
        )
      const ms = performance.now() - startedAt
      await client.close()
      witness.close()
      const reader = openFullClient(stage.peer, server.url, document)
      await trouble.during('reading', ANSWER_MS, reader.joined)
      const text = reader.text()
      await reader.close()
      if (text !== endContent) throw new Error('the server has another text than was typed')
      return { ms }
    }
    for (let i = 0; i < WARM_UPS; i++) await run()
    return {
      note: stage.peer === 'flowsync' ? 'until durable' : 'until another client has it, from memory',
      run,
    }
  },
}
