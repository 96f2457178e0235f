import { expect, it } from 'vitest'
import { benchmarks } from './benchmarks.js'
import { rows } from './rows.js'
import { hubSuite } from './suite.js'

it('rows have names of their own, a benchmark, and a chart', () => {
  const ids = rows.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const names = benchmarks.map(({ name }) => name)
  for (const { benchmark, group } of rows) {
    expect(names).toContain(benchmark)
    expect(Object.keys(hubSuite.charts)).toContain(group)
  }
})

it('targets compare with peers that the benchmark measures', () => {
  for (const { benchmark, targets } of rows) {
    const peers = benchmarks.find(({ name }) => name === benchmark)?.peers
    for (const target of targets) if ('to' in target) expect(peers).toContain(target.to)
  }
})
