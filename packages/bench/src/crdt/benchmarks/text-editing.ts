import { Alive, expectText, timed, type Benchmark } from '../benchmark.js'

/** The session typed into one document, one call an edit, and the text read at the end. */
export const localEdits: Benchmark<'text'> = {
  name: 'local-edits',
  of: 'text',
  session: 'sequential',
  async prepare(text, workload) {
    const { edits, text: expected } = await workload.sequential(text.positions)
    const alive = new Alive(text)
    return {
      edits: edits.length,
      run() {
        const doc = text.create(workload.name(0))
        let result = ''
        const ms = timed(() => {
          for (const edit of edits) text.edit(doc, edit)
          result = text.text(doc)
        })
        expectText(result, expected)
        alive.keep(doc)
        return { ms }
      },
    }
  },
}

/** The session typed into one document, an update made of each edit and applied to a second document at once. */
export const liveEdits: Benchmark<'text'> = {
  name: 'live',
  of: 'text',
  session: 'sequential',
  async prepare(text, workload) {
    const { edits, text: expected } = await workload.sequential(text.positions)
    const alive = new Alive(text)
    return {
      edits: edits.length,
      run() {
        const author = text.create(workload.name(0))
        const reader = text.create(workload.name(1))
        const sender = text.sender(author)
        const receive = text.receiver(reader)
        let bytes = 0
        let result = ''
        const ms = timed(() => {
          for (const edit of edits) {
            text.edit(author, edit)
            const update = sender.take()
            bytes += update.length
            receive(update)
          }
          result = text.text(reader)
        })
        expectText(result, expected)
        expectText(text.text(author), expected)
        alive.keep(author, reader)
        return { ms, bytes: bytes / edits.length }
      },
    }
  },
}
