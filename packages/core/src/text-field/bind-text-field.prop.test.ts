// @vitest-environment happy-dom
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Person } from '@flowsync/testkit/bindings'
import { createField, createSharedText } from '../tests/field-person.js'
import { VirtualSystem } from '../tests/virtual-system.js'
import { bindTextField } from './bind-text-field.js'
import type { TextFieldBinding } from './field-types.js'
import { showText } from './shown-text.js'

afterEach(() => document.body.replaceChildren())

/** Something that happens to a field, or to a text beside it. */
type Step =
  | { kind: 'type'; at: number; length: number; text: string }
  | { kind: 'remote'; stream: 0 | 1; at: number; length: number; text: string }
  | { kind: 'program'; value: string }
  | { kind: 'follow'; stream: 0 | 1 }
  | { kind: 'rebind' | 'reset' | 'pageshow' | 'browserUndo' | 'blur' }
  | { kind: 'compose'; texts: string[]; end: boolean }

const place = { at: fc.nat(20), length: fc.nat(4) }
const stream = fc.constantFrom(0 as const, 1 as const)
/** What others write has breaks of all kinds and letters that no person types here. */
const others = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', '\r\n', '😀'), maxLength: 5 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('type' as const),
      ...place,
      text: fc.constantFrom('X', 'Y', 'XY', '', 'Z\n'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('remote' as const), stream, ...place, text: others }),
  },
  fc.record({ kind: fc.constant('program' as const), value: fc.constantFrom('', 'QQ', 'aQb') }),
  fc.record({ kind: fc.constant('follow' as const), stream }),
  fc.record({
    kind: fc.constantFrom(
      'rebind' as const,
      'reset' as const,
      'pageshow' as const,
      'browserUndo' as const,
      'blur' as const,
    ),
  }),
  fc.record({
    kind: fc.constant('compose' as const),
    texts: fc.array(fc.constantFrom('か', 'かな', 'カ'), { minLength: 1, maxLength: 3 }),
    end: fc.boolean(),
  }),
)

describe('a field through anything that may happen to it', () => {
  it.each(['textarea', 'input'] as const)(
    'writes what was typed, where it was typed: %s',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          document.body.replaceChildren()
          const isMultiline = kind === 'textarea'
          const streams = [
            createSharedText('aabb\r\naa\rbb', 'doc:0'),
            createSharedText('bb', 'doc:1'),
          ] as const
          const system = new VirtualSystem()
          const field = createField('', kind)
          const person = new Person(field)
          const bind = (at: 0 | 1): TextFieldBinding => bindTextField(field, streams[at].text, { system })
          let current: 0 | 1 = 0
          let binding = bind(current)
          const shown = (): string => showText(streams[current].text.value, isMultiline).value
          const ledgers = (): number[] => streams.map(({ pushed }) => pushed.length)

          for (const next of steps) {
            const before = ledgers()
            switch (next.kind) {
              case 'type': {
                const was = shown()
                const start = Math.min(next.at, was.length)
                const end = Math.min(start + next.length, was.length)
                const text = isMultiline ? next.text : next.text.replace('\n', '')
                // A value that a program left behind is gone by the time the key arrives.
                field.dispatchEvent(new Event('focus'))
                person.select(start, end)
                person.type(text)
                const edit = streams[current].pushed.slice(before[current])
                expect(shown()).toBe(was.slice(0, start) + text + was.slice(end))
                expect(edit.length).toBeLessThanOrEqual(1)
                break
              }
              case 'remote': {
                const { text, change } = streams[next.stream]
                const position = Math.min(next.at, text.value.length)
                const deleteCount = Math.min(next.length, text.value.length - position)
                change({ position, deleteCount, insert: next.text })
                expect(ledgers()).toEqual(before)
                break
              }
              case 'compose': {
                const was = shown()
                field.dispatchEvent(new Event('focus'))
                person.select(was.length)
                for (const text of next.texts) person.compose(text)
                expect(ledgers()).toEqual(before)
                if (next.end) person.endComposition()
                else field.dispatchEvent(new Event('blur'))
                if (!next.end) person.endComposition()
                expect(shown()).toBe(was + (next.texts.at(-1) ?? ''))
                break
              }
              case 'program':
                field.value = next.value
                break
              case 'follow':
                current = next.stream
                binding.follow(streams[current].text)
                break
              case 'rebind':
                binding.unbind()
                binding = bind(current)
                break
              case 'reset':
                field.form?.reset()
                await system.advance(0)
                break
              case 'pageshow':
                window.dispatchEvent(new Event('pageshow'))
                break
              case 'browserUndo':
                expect(person.browserUndo()).toBe(false)
                break
              case 'blur':
                field.dispatchEvent(new Event('blur'))
                break
            }
            if (next.kind !== 'program' && next.kind !== 'type' && next.kind !== 'compose') {
              expect(ledgers()).toEqual(before)
            }
            if (!['program', 'blur', 'browserUndo', 'remote'].includes(next.kind))
              expect(field.value).toBe(shown())
          }
          for (const { pushed } of streams) {
            for (const { insert } of pushed) expect(insert).not.toContain('Q')
          }
          binding.unbind()
        }),
        { numRuns: 150 },
      )
      // Hundreds of pages are made: on a busy machine that takes longer than other tests may.
    },
    30_000,
  )
})
