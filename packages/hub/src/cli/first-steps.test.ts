import { counter, doc, Fold, list, log, map, register, richText, set, text } from '@flowsync/crdt'
import type { ReplicaId } from '@flowsync/crdt'
import { defineStreams } from '@flowsync/protocol'
import { describe, expect, it } from 'vitest'
import { defaultStreams } from '../config/default-streams.js'
import { firstSteps } from './first-steps.js'

describe('firstSteps', () => {
  it('names a stream that is there', () => {
    expect(firstSteps(defaultStreams)[1]).toBe('npx flowsync get counter:example')
    expect(firstSteps(defineStreams({ 'a:*:b': text() }))[1]).toBe('npx flowsync get a:example:b')
    expect(firstSteps(defineStreams({}))).toEqual([])
  })

  it.each([
    ['counter', counter()],
    ['text', text()],
    ['rich-text', richText()],
    ['set', set()],
    ['set-2p', set({ twoPhase: true })],
    ['register', register()],
    ['map', map()],
    ['list', list()],
    ['log', log()],
    ['doc', doc()],
  ] as const)('pushes what %s takes', (_, rule) => {
    const [push = ''] = firstSteps(defineStreams({ 'x:*': rule }))
    const intent = JSON.parse(/'(.*)'$/.exec(push)?.[1] ?? '') as never
    const fold = new Fold<unknown, never, unknown, unknown>(rule as never)
    expect(fold.prepare(intent, { replica: '0'.repeat(32) as ReplicaId, counter: 1, nowMs: 0 })).toBeDefined()
  })

  it('only reads where it knows no intent', () => {
    const rule = { ...counter(), name: 'own' }
    expect(firstSteps(defineStreams({ 'x:*': rule }))).toEqual(['npx flowsync get x:example'])
  })
})
