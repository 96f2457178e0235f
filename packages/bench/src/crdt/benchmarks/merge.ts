import type { SessionEdit } from '@flowsync/testkit/sessions'
import { Alive, decodeText, encodeText, expectText, timed, type Benchmark } from '../benchmark.js'
import { generateBranch, generateText, type EditingStyle } from '../branches.js'
import type { TextPeer } from '../peer.js'

const COMMON_LENGTH = 20_000

/** Two people edited one text apart; one of them merges all that the other did, and the text is read. */
function mergeBranches(
  name: string,
  style: EditingStyle,
  count: number,
  processes: 'one' | 'many',
): Benchmark<'text'> {
  return {
    name,
    of: 'text',
    processes,
    preparesAhead: true,
    async prepare(text, workload) {
      const { random, name: nameOf, limit, keep } = workload
      const start = generateText(random, COMMON_LENGTH)
      const [own, others] = [1, 2].map((index) =>
        generateBranch(random.fork(`branch ${index}`), style, limit(count), COMMON_LENGTH),
      ) as [readonly SessionEdit[], readonly SessionEdit[]]
      const base = await keep(`${name}-base`, () => {
        const doc = text.create(nameOf(0))
        text.edit(doc, { position: 0, deleteCount: 0, insert: start })
        return text.whole(doc)
      })
      const update = await keep(`${name}-update`, () =>
        branchUpdate(text, text.readWhole(base, nameOf(2)), others),
      )
      const expected = await keep(`${name}-text`, () => {
        const doc = text.readWhole(base, nameOf(2))
        for (const edit of others) text.edit(doc, edit)
        text.merge(doc, branchUpdate(text, text.readWhole(base, nameOf(1)), own))
        return encodeText(text.text(doc))
      })
      const alive = new Alive(text)
      return {
        edits: own.length,
        run() {
          const doc = text.readWhole(base, nameOf(1))
          for (const edit of own) text.edit(doc, edit)
          // Reading ends what a library may have put off until then; it is not part of the merge.
          text.text(doc)
          let result = ''
          const ms = timed(() => {
            text.merge(doc, update)
            result = text.text(doc)
          })
          expectText(result, decodeText(expected))
          alive.keep(doc)
          return { ms }
        },
      }
    },
  }
}

function branchUpdate(text: TextPeer<unknown>, doc: unknown, edits: readonly SessionEdit[]): Uint8Array {
  const mark = text.mark(doc)
  for (const edit of edits) text.edit(doc, edit)
  return text.since(doc, mark)
}

export const mergeBursty10k = mergeBranches('merge-bursty-10k', 'bursty', 10_000, 'many')
export const mergeBursty50k = mergeBranches('merge-bursty-50k', 'bursty', 50_000, 'one')
export const mergeRandom50k = mergeBranches('merge-random-50k', 'random', 50_000, 'one')
