import { expect, it } from 'vitest'
import { RULE_NAMES, ruleByName } from './rule-names.js'

it.each([
  ['crdt-text', 'text'],
  ['crdt-counter', 'counter'],
  ['crdt-set', 'set-2p'],
  ['append-log', 'log'],
  ['lww', 'register'],
])('%s is a former name of %s', (former, name) => {
  expect(ruleByName(former).name).toBe(name)
})

it('every rule is found by the name it has', () => {
  for (const name of RULE_NAMES) expect(ruleByName(ruleByName(name).name).name).toBe(ruleByName(name).name)
})

it.each(['', 'Text', '__proto__', 'constructor'])('%j names no rule', (name) => {
  expect(() => ruleByName(name)).toThrow(expect.objectContaining({ code: 'config/invalid' }) as Error)
})
