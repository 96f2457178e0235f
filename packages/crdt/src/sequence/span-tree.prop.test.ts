import { describe, expect, it } from 'vitest'
import { Random } from '../tests/random.js'
import { SpanIndex } from './span-index.js'
import { NO_SPAN, NO_UNIT } from './span-store.js'
import { SpanTree } from './span-tree.js'
import type { Span } from './span-store.js'

interface Twin {
  readonly span: Span
  readonly id: number
  length: number
  state: number
  isGone: boolean
}

/** A tree with its index, beside a plain list of the same spans. */
class Twins {
  readonly tree = new SpanTree()
  readonly index = new SpanIndex()
  readonly list: Twin[] = []
  private units = 0

  insert(at: number, length: number): void {
    const left = this.list[at - 1]?.span ?? NO_SPAN
    const span = this.tree.insertAfter(left, this.units, length, NO_UNIT, NO_UNIT)
    this.index.add(this.units, span)
    this.list.splice(at, 0, { span, id: this.units, length, state: 1, isGone: false })
    this.units += length
  }

  split(at: number, offset: number): void {
    const twin = this.at(at)
    const span = this.tree.split(twin.span, offset)
    this.index.add(twin.id + offset, span)
    this.list.splice(at + 1, 0, { ...twin, span, id: twin.id + offset, length: twin.length - offset })
    twin.length = offset
  }

  /** Only a visible span with the newest unit can grow: units are numbered in the order of insertion. */
  extendNewest(): void {
    const newest = this.list.find(({ id, length }) => id + length === this.units)
    if (newest?.state !== 1 || newest.isGone) return
    this.tree.extend(newest.span, 2)
    newest.length += 2
    this.units += 2
  }

  addState(at: number, change: 1 | -1): void {
    const twin = this.at(at)
    if (twin.state + change < 0) return
    this.tree.addState(twin.span, change)
    twin.state += change
  }

  remove(at: number): void {
    const twin = this.at(at)
    if (twin.isGone) return
    this.tree.remove(twin.span)
    twin.isGone = true
  }

  at(index: number): Twin {
    const twin = this.list[index]
    if (!twin) throw new Error(`There is no span ${index}.`)
    return twin
  }

  check(random: Random): void {
    const { tree, list } = this
    const walked: Span[] = []
    tree.walk((span) => walked.push(span))
    expect(walked).toEqual(list.map(({ span }) => span))
    expect(tree.first).toBe(list[0]?.span)
    let prepared = 0
    let shown = 0
    list.forEach((twin, at) => {
      const { span, id, length } = twin
      expect([tree.idOf(span), tree.lengthOf(span), tree.stateOf(span), tree.isGone(span)]).toEqual([
        id,
        length,
        twin.state,
        twin.isGone,
      ])
      expect(tree.shownBefore(span)).toBe(shown)
      expect(tree.previous(span)).toBe(list[at - 1]?.span ?? NO_SPAN)
      expect(tree.next(span)).toBe(list[at + 1]?.span ?? NO_SPAN)
      const offset = random.below(length)
      expect(this.index.find(id + offset)).toBe(span)
      if (twin.state === 1) {
        tree.find(prepared + offset)
        expect([tree.found, tree.offset, tree.shown]).toEqual([span, offset, shown])
        prepared += length
      }
      if (!twin.isGone) shown += length
    })
    expect(tree.preparedLength).toBe(prepared)
    for (let times = 0; times < 20; times++) {
      const a = random.below(list.length)
      const b = random.below(list.length)
      if (a !== b) expect(Math.sign(tree.compare(this.at(a).span, this.at(b).span))).toBe(Math.sign(a - b))
      const present = list.find(({ state }, at) => at >= a && state !== 0)
      expect(tree.nextPresent(list[a - 1]?.span ?? NO_SPAN)).toBe(present?.span ?? NO_SPAN)
    }
  }
}

describe('a tree of spans with its index', () => {
  it.each([
    ['grows anywhere', 1, 3000, true],
    ['grows at the end', 2, 3000, false],
    ['stays small', 3, 40, true],
  ])('is a list when it %s', (_name, seed, steps, isAnywhere) => {
    const random = new Random(seed)
    const twins = new Twins()
    twins.insert(0, 3)
    for (let step = 0; step < steps; step++) {
      const at = random.below(twins.list.length)
      const { length } = twins.at(at)
      const kind = random.below(8)
      if (kind < 3) twins.insert(isAnywhere ? at + random.below(2) : twins.list.length, 1 + random.below(9))
      else if (kind === 3 && length > 1) twins.split(at, 1 + random.below(length - 1))
      else if (kind === 4) twins.remove(at)
      else if (kind === 5) twins.extendNewest()
      else twins.addState(at, random.chance(0.5) ? 1 : -1)
      if (step % 250 === 0) twins.check(random)
    }
    twins.check(random)
  })

  it('is empty once it was cleared', () => {
    const twins = new Twins()
    for (let at = 0; at < 100; at++) twins.insert(at, 1)
    twins.tree.clear()
    twins.index.clear()
    expect([twins.tree.first, twins.tree.preparedLength]).toEqual([NO_SPAN, 0])
    const span = twins.tree.insertAfter(NO_SPAN, 7, 2, NO_UNIT, NO_UNIT)
    twins.index.add(7, span)
    expect([twins.tree.first, twins.index.find(8), twins.tree.next(span)]).toEqual([span, span, NO_SPAN])
  })
})
