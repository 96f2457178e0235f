import { deflateRawSync } from 'node:zlib'
import { Alive, expectSame, expectText, timed, type Benchmark, type Workload } from '../benchmark.js'
import type { TextPeer } from '../peer.js'

const MIDDLE_EDIT = 'x'

/** The document of the whole session, typed edit by edit. */
async function typed(text: TextPeer<unknown>, workload: Workload): Promise<unknown> {
  const { edits } = await workload.sequential(text.positions)
  const doc = text.create(workload.name(0))
  for (const edit of edits) text.edit(doc, edit)
  return doc
}

function saved(text: TextPeer<unknown>, workload: Workload): Promise<Uint8Array> {
  return workload.keep('history', async () => text.save(await typed(text, workload)))
}

/** All that happened; what is beside it in a saved document is left out. */
function history(text: TextPeer<unknown>, doc: unknown): Uint8Array {
  return text.history ? text.history(doc) : text.save(doc)
}

function fromHistory(text: TextPeer<unknown>, bytes: Uint8Array, workload: Workload): unknown {
  const name = workload.name(1)
  return text.history ? text.readWhole(bytes, name) : text.load(bytes, name)
}

/** What is on disk after compression, or before it where that is smaller: some libraries compress themselves. */
function deflated(bytes: Uint8Array): number {
  return Math.min(bytes.length, deflateRawSync(bytes, { level: 9 }).length)
}

/** Everything that was ever typed and deleted, in bytes. */
export const historyBytes: Benchmark<'text'> = {
  name: 'history-bytes',
  of: 'text',
  session: 'sequential',
  isExact: true,
  async prepare(text, workload) {
    const { edits, text: expected } = await workload.sequential(text.positions)
    const bytes = history(text, await typed(text, workload))
    return {
      edits: edits.length,
      run() {
        expectText(text.text(fromHistory(text, bytes, workload)), expected)
        return { bytes: deflated(bytes), raw: bytes.length }
      },
    }
  },
}

/** What somebody needs who joins, in bytes. */
export const joinerBytes: Benchmark<'text'> = {
  name: 'joiner-bytes',
  of: 'text',
  session: 'sequential',
  isExact: true,
  async prepare(text, workload) {
    const { edits } = await workload.sequential(text.positions)
    const bytes = await workload.keep('joiner', async () =>
      text.joiner ? text.joiner(await typed(text, workload)) : saved(text, workload),
    )
    return { edits: edits.length, run: () => ({ bytes: deflated(bytes), raw: bytes.length }) }
  },
}

/** The history encoded again after each further edit. */
export const encodeHistory: Benchmark<'text'> = {
  name: 'encode-history',
  of: 'text',
  session: 'sequential',
  async prepare(text, workload) {
    const { edits } = await workload.sequential(text.positions)
    const doc = await typed(text, workload)
    return {
      edits: edits.length,
      run() {
        text.edit(doc, { position: 100, deleteCount: 0, insert: MIDDLE_EDIT })
        text.text(doc)
        let bytes = new Uint8Array()
        const ms = timed(() => {
          bytes = history(text, doc).slice(0)
        })
        expectText(text.text(fromHistory(text, bytes, workload)), text.text(doc))
        return { ms }
      },
    }
  },
}

/** The saved document loaded and its text read. */
export const loadText: Benchmark<'text'> = {
  name: 'load-text',
  of: 'text',
  session: 'sequential',
  preparesAhead: true,
  processes: 'many',
  async prepare(text, workload) {
    const { edits, text: expected } = await workload.sequential(text.positions)
    const bytes = await saved(text, workload)
    const alive = new Alive(text)
    return {
      edits: edits.length,
      run() {
        let doc: unknown
        let result = ''
        const ms = timed(() => {
          doc = text.load(bytes, workload.name(1))
          result = text.text(doc)
        })
        expectText(result, expected)
        alive.keep(doc)
        return { ms }
      },
    }
  },
}

/** The saved document loaded and one character typed into its middle. */
export const loadEdit: Benchmark<'text'> = {
  name: 'load-edit',
  of: 'text',
  session: 'sequential',
  preparesAhead: true,
  async prepare(text, workload) {
    const { edits, text: expected } = await workload.sequential(text.positions)
    const bytes = await saved(text, workload)
    const edit = { position: expected.length >> 1, deleteCount: 0, insert: MIDDLE_EDIT }
    const alive = new Alive(text)
    return {
      edits: edits.length,
      run() {
        let doc: unknown
        const ms = timed(() => {
          doc = text.load(bytes, workload.name(1))
          text.edit(doc, edit)
        })
        expectSame('length', text.text(doc).length, expected.length + 1)
        alive.keep(doc)
        return { ms }
      },
    }
  },
}

/** How many documents share the noise of the heap. */
const COPIES = 8

/** What a document takes in memory that was loaded and has been edited once. */
export const loadedMemory: Benchmark<'text'> = {
  name: 'memory',
  of: 'text',
  session: 'sequential',
  preparesAhead: true,
  measures: 'memory',
  async prepare(text, workload) {
    const { text: expected } = await workload.sequential(text.positions)
    const bytes = await saved(text, workload)
    const length = expected.length
    const edit = { position: length >> 1, deleteCount: 0, insert: MIDDLE_EDIT }
    const open = (index: number) => {
      // A copy of its own: a library may keep the bytes it was given.
      const doc = text.load(bytes.slice(), workload.name(index + 1))
      text.edit(doc, edit)
      return doc
    }
    return {
      run() {
        // The first one brings in code and tables that all of them share.
        const docs = [open(0)]
        const before = workload.memory()
        for (let index = 1; index <= COPIES; index++) docs.push(open(index))
        const after = workload.memory()
        for (const doc of docs) expectSame('length', text.text(doc).length, length + 1)
        return { bytes: (after - before) / COPIES }
      },
    }
  },
}
