import type { HubBenchmark, Stage } from '../benchmark.js'
import { createRandom, type SequentialSession } from '@flowsync/testkit/sessions'
import { GapText } from '../../crdt/floor/gap-text.js'
import { openFullClient } from '../full-client.js'
import { Trouble, until } from '../settle.js'

const EDITS = 10_000
const QUICK_EDITS = 2_000
const LETTERS = ['a', 'b', 'c', 'd']
const WARM_UPS = 3
const ANSWER_MS = 60_000

/**
 * A client that was away and typed comes back: from the attempt to connect until the server has everything. FlowSync's
 * says when it is durable; for the others another client listens for it.
 */
function queuedBenchmark(
  name: string,
  sessionOf: (stage: Stage, edits: number) => QueuedSession,
): HubBenchmark {
  return {
    name,
    peers: ['flowsync', 'hocuspocus', 'y-websocket'],
    async prepare(stage) {
      const { edits, endContent } = sessionOf(stage, stage.isQuick ? QUICK_EDITS : EDITS)
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
        await client.disconnect()
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
}

/** What is typed, and what becomes of it. */
type QueuedSession = Pick<SequentialSession, 'edits' | 'endContent'>

/** Short insertions at places that have nothing to do with each other: nothing of them can be put together. */
function scattered({ seed }: Stage, count: number): QueuedSession {
  const random = createRandom(`bench/${seed}/queued`)
  const text = new GapText()
  const edits = Array.from({ length: count }, () => {
    const edit = { position: random.int(text.length + 1), deleteCount: 0, insert: random.pick(LETTERS) }
    text.splice(edit.position, 0, edit.insert)
    return edit
  })
  return { edits, endContent: text.toString() }
}

/** Edits at random places, and what a person types. */
export const queuedOps: readonly HubBenchmark[] = [
  queuedBenchmark('queued-ops', scattered),
  queuedBenchmark('queued-typing', (stage, count) => stage.generated(count)),
]
