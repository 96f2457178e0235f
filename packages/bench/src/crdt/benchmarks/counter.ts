import { expectSame, timed, type Benchmark } from '../benchmark.js'

const INCREMENTS = 100_000

/** A counter incremented, one call each, and read at the end. */
export const counterIncrements: Benchmark<'counter'> = {
  name: 'counter',
  of: 'counter',
  prepare(counter, { name, limit }) {
    const count = limit(INCREMENTS)
    let alive: unknown
    return {
      edits: count,
      run() {
        const doc = counter.create(name(0))
        let value = 0
        const ms = timed(() => {
          for (let index = 0; index < count; index++) counter.increment(doc)
          value = counter.value(doc)
        })
        expectSame('value', value, count)
        expectSame('value', counter.value((alive = doc)), counter.value(alive))
        return { ms }
      },
    }
  },
}
