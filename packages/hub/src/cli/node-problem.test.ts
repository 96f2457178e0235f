import { expect, it } from 'vitest'
import { nodeProblem } from './node-problem.js'

it.each(['22.13.0', '22.18.1', '24.0.0', '26.10.0'])('takes Node %s', (version) => {
  expect(nodeProblem(version)).toBeUndefined()
})

it.each(['18.20.0', '20.20.2', '22.12.9'])('says what to do about Node %s', (version) => {
  expect(nodeProblem(version)).toContain(`22.13 or newer; this is Node ${version}.`)
})
