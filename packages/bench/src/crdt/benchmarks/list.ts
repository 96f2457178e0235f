import { Alive, expectSame, timed, type Benchmark } from '../benchmark.js'

const PUSHES = 100_000
const INSERTS = 20_000

/** Values pushed to a list, one call each. */
export const listPushes: Benchmark<'list'> = {
  name: 'list-pushes',
  of: 'list',
  prepare(list, { name, limit }) {
    const count = limit(PUSHES)
    const alive = new Alive(list)
    return {
      edits: count,
      run() {
        const doc = list.create(name(0))
        const ms = timed(() => {
          for (let index = 0; index < count; index++) list.push(doc, index)
        })
        const values = list.values(doc)
        expectSame('length', values.length, count)
        expectSame(
          'order',
          values.every((value, index) => value === index),
          true,
        )
        alive.keep(doc)
        return { ms }
      },
    }
  },
}

/** Values inserted at random places, an update made of each and applied to a second document at once. */
export const listRandom: Benchmark<'list'> = {
  name: 'list-random',
  of: 'list',
  prepare(list, { name, limit, random }) {
    const count = limit(INSERTS)
    const places = Array.from({ length: count }, (_, index) => random.between(0, index))
    const expected: number[] = []
    for (const [index, place] of places.entries()) expected.splice(place, 0, index)
    const alive = new Alive(list)
    return {
      edits: count,
      run() {
        const author = list.create(name(0))
        const reader = list.create(name(1))
        const sender = list.sender(author)
        const receive = list.receiver(reader)
        let bytes = 0
        const ms = timed(() => {
          for (const [index, place] of places.entries()) {
            list.insert(author, place, index)
            const update = sender.take()
            bytes += update.length
            receive(update)
          }
        })
        for (const values of [list.values(author), list.values(reader)]) {
          expectSame('length', values.length, count)
          expectSame(
            'order',
            values.every((value, index) => value === expected[index]),
            true,
          )
        }
        alive.keep(author, reader)
        return { ms, bytes: bytes / count }
      },
    }
  },
}
