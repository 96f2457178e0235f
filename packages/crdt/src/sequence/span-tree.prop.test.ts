import { describe, expect, it } from 'vitest'
import { Random } from '../tests/random.js'
import { SpanIndex } from './span-index.js'
import { SpanTree } from './span-tree.js'
import { NO_UNIT } from './span.js'
import type { Span } from './span.js'

/** A tree beside a plain list of the same spans. */
class Twin {
  readonly tree = new SpanTree()
  readonly index = new SpanIndex()
  readonly list: Span[] = []
  private units = 0

  insert(at: number, length: number, state: number): void {
    const span: Span = {
      id: this.units,
      length,
      originLeft: NO_UNIT,
      originRight: NO_UNIT,
      state,
      isRemoved: false,
      leaf: undefined,
    }
    this.units += length
    this.tree.insertAfter(this.list[at - 1], span)
    this.index.add(span)
    this.list.splice(at, 0, span)
  }

  split(at: number, offset: number): void {
    const right = this.tree.split(this.at(at), offset)
    this.index.add(right)
    this.list.splice(at + 1, 0, right)
  }

  /** Only the newest unit's span can grow: units are numbered in the order of insertion. */
  extendNewest(): void {
    const newest = this.list.find(({ id, length }) => id + length === this.units)
    if (!newest) return
    this.tree.extend(newest, 2)
    this.units += 2
  }

  at(index: number): Span {
    const span = this.list[index]
    if (!span) throw new Error(`There is no span ${index}.`)
    return span
  }

  check(random: Random): void {
    const { tree, list } = this
    const inOrder: Span[] = []
    for (let span = tree.first; span; span = tree.next(span)) inOrder.push(span)
    expect(inOrder).toEqual(list)

    let prepared = 0
    let shown = 0
    list.forEach((span, at) => {
      expect(tree.shownBefore(span)).toBe(shown)
      expect(tree.previous(span)).toBe(list[at - 1])
      const offset = random.below(span.length)
      expect(this.index.find(span.id + offset)).toBe(span)
      if (span.state === 1) {
        expect(tree.find(prepared + offset)).toEqual({ span, offset })
        prepared += span.length
      }
      if (!span.isRemoved) shown += span.length
    })
    expect(tree.preparedLength).toBe(prepared)

    for (let times = 0; times < 20; times++) {
      const a = random.below(list.length)
      const b = random.below(list.length)
      if (a !== b) expect(Math.sign(tree.compare(this.at(a), this.at(b)))).toBe(Math.sign(a - b))
      expect(tree.nextPresent(list[a - 1])).toBe(list.find(({ state }, at) => at >= a && state !== 0))
    }
  }
}

describe('a tree of spans with its index', () => {
  it.each([
    ['grows anywhere', 1, 1500, 1],
    ['grows at the end', 2, 1500, 0],
    ['stays small', 3, 40, 1],
  ])('is a list when it %s', (_name, seed, steps, spread) => {
    const random = new Random(seed)
    const twin = new Twin()
    twin.insert(0, 3, 1)
    for (let step = 0; step < steps; step++) {
      const at = random.below(twin.list.length)
      const span = twin.at(at)
      const kind = random.below(7)
      if (kind < 3)
        twin.insert(
          spread === 0 ? twin.list.length : at + random.below(2),
          1 + random.below(9),
          random.below(3),
        )
      else if (kind === 3 && span.length > 1) twin.split(at, 1 + random.below(span.length - 1))
      else if (kind === 4 && !span.isRemoved) twin.tree.remove(span)
      else if (kind === 5) twin.extendNewest()
      else twin.tree.setState(span, random.below(4))
      if (step % 100 === 0) twin.check(random)
    }
    twin.check(random)
  })
})
