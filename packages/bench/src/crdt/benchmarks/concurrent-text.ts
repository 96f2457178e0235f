import type { ConcurrentSession } from '@flowsync/testkit/sessions'
import {
  Alive,
  decodeText,
  encodeText,
  expectText,
  timed,
  type Benchmark,
  type Workload,
} from '../benchmark.js'
import type { Sender, TextPeer } from '../peer.js'

interface Played {
  /** One an edit, in the order of the recording; `agent` tells sessions apart. */
  readonly updates: readonly { readonly agent: 0 | 1; readonly bytes: Uint8Array }[]
  readonly whole: Uint8Array
  readonly text: string
}

/**
 * Plays what two people typed, each in a document of their own that has merged just what its author had seen.
 * @throws Error when the two do not end with the same text
 */
function playConcurrent(
  text: TextPeer<unknown>,
  session: Pick<ConcurrentSession, 'steps'>,
  workload: Pick<Workload, 'name'>,
): Played {
  const docs = [text.create(workload.name(0)), text.create(workload.name(1))] as const
  const senders = [authorOf(text, docs[0]), authorOf(text, docs[1])] as const
  const receive = [readerOf(text, docs[0]), readerOf(text, docs[1])] as const
  const relay = text.relays ? text.create(workload.name(3)) : undefined
  const relayed = text.relays ? text.sender(relay) : undefined
  const sent: [Uint8Array[], Uint8Array[]] = [[], []]
  const seen: [number, number] = [0, 0]
  const updates: { agent: 0 | 1; bytes: Uint8Array }[] = []

  const catchUp = (agent: 0 | 1, upTo: number) => {
    if (seen[agent] >= upTo) return
    for (const bytes of sent[agent === 0 ? 1 : 0].slice(seen[agent], upTo)) receive[agent](bytes)
    seen[agent] = upTo
    senders[agent].skip?.()
  }
  for (const { agent, seenOfOther, edits } of session.steps) {
    catchUp(agent, seenOfOther)
    for (const edit of edits) text.edit(docs[agent], edit)
    const bytes = senders[agent].take()
    sent[agent].push(bytes)
    if (!relayed) updates.push({ agent, bytes })
    else {
      text.merge(relay, bytes)
      updates.push({ agent: 0, bytes: relayed.take() })
    }
  }
  catchUp(0, sent[1].length)
  catchUp(1, sent[0].length)
  const result = text.text(docs[0])
  expectText(text.text(docs[1]), result)
  return { updates, whole: text.whole(docs[0]), text: result }
}

/** Sends what is typed in a document, and nothing that it has merged. */
function authorOf(text: TextPeer<unknown>, doc: unknown): Sender {
  if (!text.relays) return text.sender(doc)
  let mark = text.mark(doc)
  return {
    take() {
      const update = text.since(doc, mark)
      mark = text.mark(doc)
      return update
    },
    skip() {
      mark = text.mark(doc)
    },
  }
}

function readerOf(text: TextPeer<unknown>, doc: unknown): (update: Uint8Array) => void {
  return text.relays ? (update) => text.merge(doc, update) : text.receiver(doc)
}

type Kept = Omit<Played, 'whole'>

async function played(text: TextPeer<unknown>, workload: Workload): Promise<Played> {
  return playConcurrent(text, await workload.concurrent(), workload)
}

async function keptUpdates(text: TextPeer<unknown>, workload: Workload): Promise<Kept> {
  const bytes = await workload.keep('concurrent-updates', async () => {
    const { updates, text: result } = await played(text, workload)
    const list = updates.map(({ agent, bytes }) => [agent, Buffer.from(bytes).toString('base64')])
    return encodeText(JSON.stringify([list, result]))
  })
  const [list, result] = JSON.parse(decodeText(bytes)) as [[0 | 1, string][], string]
  const updates = list.map(([agent, base64]) => ({
    agent,
    bytes: Uint8Array.from(Buffer.from(base64, 'base64')),
  }))
  return { updates, text: result }
}

/** What two people typed at once arrives at a third, one update after the other. */
export const concurrentLive: Benchmark<'text'> = {
  name: 'concurrent-live',
  of: 'text',
  session: 'concurrent',
  preparesAhead: true,
  async prepare(text, workload) {
    const { updates, text: expected } = await keptUpdates(text, workload)
    const alive = new Alive(text)
    return {
      edits: updates.length,
      run() {
        const doc = text.create(workload.name(2))
        const receive = [text.receiver(doc), text.receiver(doc)] as const
        let result = ''
        const ms = timed(() => {
          for (const { agent, bytes } of updates) receive[agent](bytes)
          result = text.text(doc)
        })
        expectText(result, expected)
        alive.keep(doc)
        return { ms }
      },
    }
  },
}

/** The same as one update with all of it. */
export const concurrentGraph: Benchmark<'text'> = {
  name: 'concurrent-graph',
  of: 'text',
  session: 'concurrent',
  preparesAhead: true,
  async prepare(text, workload) {
    const { updates, text: expected } = await keptUpdates(text, workload)
    const whole = await workload.keep('concurrent-whole', async () => (await played(text, workload)).whole)
    const alive = new Alive(text)
    return {
      edits: updates.length,
      run() {
        let doc: unknown
        let result = ''
        const ms = timed(() => {
          doc = text.readWhole(whole, workload.name(2))
          result = text.text(doc)
        })
        expectText(result, expected)
        alive.keep(doc)
        return { ms }
      },
    }
  },
}
