import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createUndoSession } from '../tests/undo-session.js'
import type { UndoClient } from '../tests/undo-session.js'
import type { TextDelta } from '../text-delta.js'
import { text } from '../text.js'
import type { TextIntent } from '../text.js'

/** Every character is used once, so that each can be told from all others: half of them are emoji. */
class Alphabet {
  private next = 0

  take(count: number): string {
    let taken = ''
    for (let index = 0; index < count; index++) {
      taken += String.fromCodePoint(this.next % 2 === 0 ? 0x4e00 + this.next : 0x1f300 + this.next)
      this.next++
    }
    return taken
  }
}

interface Step {
  readonly do: 'edit' | 'remote' | 'sync' | 'undo' | 'redo' | 'pull'
  readonly at: number
  readonly length: number
  readonly count: number
  /** Whether time passes, so that the next edit begins an entry. */
  readonly pauses: boolean
}

const steps = (kinds: readonly Step['do'][], maxLength = 40): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.record({
      do: fc.constantFrom(...kinds),
      at: fc.nat(30),
      length: fc.oneof(fc.constant(0), fc.nat(6)),
      count: fc.oneof(fc.constant(0), fc.nat(4)),
      pauses: fc.boolean(),
    }),
    { maxLength },
  )

type Client = UndoClient<string, TextIntent, TextDelta>

/** A session of two, with what is known of each character: who wrote it, and whether others took it away. */
class Story {
  readonly own: Client
  readonly other: Client
  readonly written = { base: new Set<string>(), own: new Set<string>(), other: new Set<string>() }
  readonly deletedByOther = new Set<string>()
  private readonly sync: () => void
  private readonly alphabet = new Alphabet()
  private readonly order = new Set<string>()

  constructor() {
    const session = createUndoSession(text(), { captureMs: 500, limit: 1000 })
    this.own = session.own
    this.other = session.other
    this.sync = session.sync
    const base = this.alphabet.take(8)
    for (const char of base) this.written.base.add(char)
    this.other.edit({ op: 'insert', pos: 0, text: base })
    this.other.history.clear()
    this.sync()
  }

  play(all: readonly Step[]): this {
    for (const step of all) {
      this.one(step)
      this.checkOrder()
      expect(this.own.value.isWellFormed()).toBe(true)
    }
    return this
  }

  private one({ do: kind, at, length, count, pauses }: Step): void {
    const { own, other, written } = this
    if (pauses) own.nowMs += 500
    switch (kind) {
      case 'edit': {
        const inserted = this.alphabet.take(count)
        for (const char of inserted) written.own.add(char)
        own.edit({ op: 'replace', pos: at, length, text: inserted })
        return
      }
      case 'remote': {
        const inserted = this.alphabet.take(count)
        for (const char of inserted) written.other.add(char)
        const before = other.value
        other.edit({ op: 'replace', pos: at, length, text: inserted })
        for (const char of before) if (!other.value.includes(char)) this.deletedByOther.add(char)
        return
      }
      case 'sync':
        return this.sync()
      case 'pull':
        other.send()
        return void own.pull(1)
      case 'undo':
        return this.switch(() => own.undo(), written.own)
      case 'redo':
        return this.switch(() => own.redo())
    }
  }

  /** @param mayGo what the switch may take away; whatever it is, never what others wrote and nobody undid */
  private switch(act: () => boolean, mayGo?: ReadonlySet<string>): void {
    const before = this.own.value
    act()
    if (!mayGo) return
    const after = new Set(this.own.value)
    for (const char of before)
      if (!mayGo.has(char) && !after.has(char)) throw new Error(`${char} went, and is not own.`)
  }

  undoAll(): this {
    this.own.history.stop()
    while (this.own.canUndo) {
      this.one({ do: 'undo', at: 0, length: 0, count: 0, pauses: true })
      this.checkOrder()
    }
    return this
  }

  finish(): this {
    this.sync()
    this.sync()
    return this
  }

  /** Any two characters that ever stood in one text always stand in the same order. */
  private checkOrder(): void {
    const chars = [...this.own.value]
    for (const [index, left] of chars.entries()) {
      for (const right of chars.slice(index + 1)) {
        if (this.order.has(right + left)) throw new Error(`${left} stands before ${right}, and did not.`)
        this.order.add(left + right)
      }
    }
  }
}

describe('undo of all own edits of a text', () => {
  it(
    'takes away own characters and nothing else, and brings back what was deleted',
    { timeout: Infinity },
    () => {
      const kinds = ['edit', 'edit', 'remote', 'sync', 'pull', 'undo', 'redo'] as const
      fc.assert(
        fc.property(steps(kinds), (all) => {
          const story = new Story().play(all).undoAll().finish()
          const { own, other, written, deletedByOther } = story
          expect(other.value).toBe(own.value)
          const left = new Set(own.value)
          for (const char of written.own) expect(left).not.toContain(char)
          for (const char of [...written.base, ...written.other])
            if (!deletedByOther.has(char)) expect(left).toContain(char)
        }),
        { numRuns: 1000 },
      )
    },
  )

  it(
    'gives the first text back when nobody else wrote, and undone edits are done again',
    { timeout: Infinity },
    () => {
      fc.assert(
        fc.property(steps(['edit', 'edit', 'edit', 'undo', 'redo', 'sync']), (all) => {
          const { own, written } = new Story().play(all)
          // A redo that is still open belongs to what can be done again.
          while (own.canRedo) own.redo()
          const values = [own.value]
          while (own.undo()) values.push(own.value)
          expect(own.value).toBe([...written.base].join(''))
          const again = [own.value]
          while (own.redo()) again.push(own.value)
          expect(again).toEqual(values.reverse())
        }),
        { numRuns: 500 },
      )
    },
  )

  it('never takes part in what others write between undo and redo', { timeout: Infinity }, () => {
    fc.assert(
      fc.property(
        steps(['edit', 'edit', 'sync'], 12),
        steps(['remote', 'remote', 'sync', 'pull'], 12),
        (mine, theirs) => {
          const story = new Story().play(mine)
          const { own } = story
          const before = new Set(own.value)
          story.undoAll().finish().play(theirs).finish()
          while (own.redo());
          story.finish()
          const after = new Set(own.value)
          // What was written is there again, unless others deleted what stood there when it was undone; those edits are only own ones.
          for (const char of before) if (!story.deletedByOther.has(char)) expect(after).toContain(char)
          for (const char of story.written.other)
            if (!story.deletedByOther.has(char)) expect(after).toContain(char)
          expect(story.other.value).toBe(own.value)
        },
      ),
      { numRuns: 1000 },
    )
  })
})
