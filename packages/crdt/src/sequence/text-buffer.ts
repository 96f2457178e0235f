/** Units of a page that has been written to: what moves when somebody types elsewhere in the page. */
const PAGE_UNITS = 4096
const NONE: readonly number[] = []
const SURROGATE = /[\ud800-\udfff]/

// FlowSync texts hold no lone surrogates, so that nothing is replaced; a byte order mark is text.
const decoder = new TextDecoder('utf-16le', { ignoreBOM: true })

/** A piece of the text: UTF-16 units with a gap where its last change was. */
interface Page {
  units: Uint16Array<ArrayBuffer>
  gapStart: number
  gapEnd: number
}

/**
 * Text under edit: gap buffers of some thousand UTF-16 units beside one another, so that typing moves
 * nothing, and an edit anywhere moves no more than a page. Positions must lie within the text.
 */
export class TextBuffer {
  private pages: Page[] = []
  /** The page of the last change, by its index, and the position of its first unit. */
  private index = 0
  private first = 0
  private units = 0
  /** The text, when it is known and not in pages yet. */
  private unread: string | undefined
  private text: string | undefined
  /** False as long as there was no surrogate pair, so that none needs to be looked for. */
  private mayHavePairs: boolean

  constructor(text: string) {
    this.mayHavePairs = SURROGATE.test(text)
    this.unread = text
    this.text = text
    this.units = text.length
  }

  get length(): number {
    return this.units
  }

  /** A text that is only read is never cut into pages. */
  private open(text: string): void {
    this.unread = undefined
    for (let at = 0; at < text.length; at += PAGE_UNITS) {
      const units = new Uint16Array(Math.min(PAGE_UNITS, text.length - at))
      write(units, 0, text, at, units.length)
      this.pages.push({ units, gapStart: units.length, gapEnd: units.length })
    }
    if (this.pages.length === 0) this.pages.push(emptyPage())
  }

  /** Makes the page that holds a position the current one; at an edge, the page before it. */
  private seek(position: number): Page {
    if (this.unread !== undefined) this.open(this.unread)
    const { pages } = this
    let { index, first } = this
    while (position < first || (position === first && index > 0)) first -= lengthOf(pages[--index] as Page)
    let page = pages[index] as Page
    let length = lengthOf(page)
    while (position > first + length) {
      first += length
      page = pages[++index] as Page
      length = lengthOf(page)
    }
    this.index = index
    this.first = first
    return page
  }

  private unitAt(position: number): number {
    // The unit behind a position: at an edge, that of the next page.
    const page = this.seek(position + 1)
    const at = position - this.first
    return page.units[at < page.gapStart ? at : at - page.gapStart + page.gapEnd] as number
  }

  /** Whether there may be surrogate pairs: false is certain, true is not. */
  get hasPairs(): boolean {
    return this.mayHavePairs
  }

  /** Whether the unit at a position below `length` is the second half of a surrogate pair. */
  isTail(position: number): boolean {
    if (!this.mayHavePairs) return false
    if (this.unread !== undefined) return (this.unread.charCodeAt(position) & 0xfc00) === 0xdc00
    return (this.unitAt(position) & 0xfc00) === 0xdc00
  }

  /** Which of the units at a position are second halves of pairs, counted from there. */
  tailsWithin(position: number, count: number): readonly number[] {
    if (!this.mayHavePairs) return NONE
    let tails: number[] | undefined
    for (let offset = 0; offset < count; offset++) {
      if (this.isTail(position + offset)) (tails ??= []).push(offset)
    }
    return tails ?? NONE
  }

  /** The text of a range. */
  slice(start: number, end: number): string {
    // The whole text is not made of its parts for a few of its units.
    if (this.text !== undefined || end - start > PAGE_UNITS) return this.toString().slice(start, end)
    let slice = ''
    for (let at = start; at < end; at++) slice += String.fromCharCode(this.unitAt(at))
    return slice
  }

  /** Deletes units, then inserts text in their place. */
  replace(position: number, deleteCount: number, insert: string): void {
    if (deleteCount > 0) this.delete(position, deleteCount)
    if (insert !== '') this.insert(position, insert)
  }

  /** Inserts text. */
  insert(position: number, insert: string): void {
    const { length } = insert
    let page = this.seek(position)
    if (length > page.gapEnd - page.gapStart) page = this.widen(page, position, length)
    if (length > page.gapEnd - page.gapStart) {
      this.insertPages(page, position, insert)
    } else {
      moveGap(page, position - this.first)
      if (length === 1) page.units[page.gapStart++] = insert.charCodeAt(0)
      else {
        write(page.units, page.gapStart, insert, 0, length)
        page.gapStart += length
      }
    }
    if (length > 1 && !this.mayHavePairs) this.mayHavePairs = SURROGATE.test(insert)
    this.units += length
    this.text = undefined
  }

  /** Gives a page a gap for so many units, by cutting it in two if need be. Returns where the position is now. */
  private widen(page: Page, position: number, needed: number): Page {
    const length = lengthOf(page)
    if (length + needed > PAGE_UNITS) {
      if (needed > PAGE_UNITS / 2) return page
      const half = this.splitOff(page, length >> 1)
      this.pages.splice(this.index + 1, 0, half)
      return this.widen(this.seek(position), position, needed)
    }
    const units = new Uint16Array(PAGE_UNITS)
    const tail = page.units.subarray(page.gapEnd)
    units.set(page.units.subarray(0, page.gapStart))
    units.set(tail, PAGE_UNITS - tail.length)
    page.gapEnd = PAGE_UNITS - tail.length
    page.units = units
    return page
  }

  /** Cuts a page short; what stood behind becomes a page of its own. */
  private splitOff(page: Page, at: number): Page {
    moveGap(page, at)
    const tail = page.units.slice(page.gapEnd)
    page.gapEnd = page.units.length
    return { units: tail, gapStart: tail.length, gapEnd: tail.length }
  }

  /** Inserts a text that fits no page, as pages of its own. */
  private insertPages(page: Page, position: number, insert: string): void {
    const added: Page[] = []
    for (let at = 0; at < insert.length; at += PAGE_UNITS) {
      const units = new Uint16Array(Math.min(PAGE_UNITS, insert.length - at))
      write(units, 0, insert, at, units.length)
      added.push({ units, gapStart: units.length, gapEnd: units.length })
    }
    added.push(this.splitOff(page, position - this.first))
    this.pages = [...this.pages.slice(0, this.index + 1), ...added, ...this.pages.slice(this.index + 1)]
  }

  /** Deletes units. */
  delete(position: number, count: number): void {
    let page = this.seek(position)
    let rest = count
    this.units -= count
    this.text = undefined
    for (;;) {
      const at = position - this.first
      const taken = Math.min(rest, lengthOf(page) - at)
      moveGap(page, at)
      page.gapEnd += taken
      rest -= taken
      if (rest === 0) break
      page = this.nextPage(page)
    }
    if (lengthOf(page) === 0) this.dropEmpty()
  }

  /** Steps to the next page; forgets the one before when nothing is left of it. */
  private nextPage(page: Page): Page {
    const length = lengthOf(page)
    if (length === 0) this.pages.splice(this.index, 1)
    else {
      this.index++
      this.first += length
    }
    return this.pages[this.index] as Page
  }

  private dropEmpty(): void {
    if (this.pages.length === 1) return
    this.pages.splice(this.index, 1)
    if (this.index > 0) this.first -= lengthOf(this.pages[--this.index] as Page)
  }

  /** The whole text; the same string until it is changed. */
  toString(): string {
    if (this.text !== undefined) return this.text
    // Put together first: a page may end within a surrogate pair, which no decoder would take.
    const all = new Uint16Array(this.units)
    let end = 0
    for (const { units, gapStart, gapEnd } of this.pages) {
      all.set(units.subarray(0, gapStart), end)
      all.set(units.subarray(gapEnd), end + gapStart)
      end += gapStart + units.length - gapEnd
    }
    this.text = decoder.decode(all)
    return this.text
  }
}

function emptyPage(): Page {
  return { units: new Uint16Array(PAGE_UNITS), gapStart: 0, gapEnd: PAGE_UNITS }
}

function lengthOf({ units, gapStart, gapEnd }: Page): number {
  return units.length - (gapEnd - gapStart)
}

function moveGap(page: Page, to: number): void {
  const shift = page.gapStart - to
  if (shift === 0) return
  const { units, gapStart, gapEnd } = page
  // Carets move by a few units most of the time, for which a call costs more than the copies.
  if (shift > 0) {
    if (shift > 16) units.copyWithin(gapEnd - shift, to, gapStart)
    else for (let at = 1; at <= shift; at++) units[gapEnd - at] = units[gapStart - at] as number
  } else if (shift < -16) units.copyWithin(gapStart, gapEnd, gapEnd - shift)
  else for (let at = 0; at < -shift; at++) units[gapStart + at] = units[gapEnd + at] as number
  page.gapStart -= shift
  page.gapEnd -= shift
}

function write(units: Uint16Array, at: number, text: string, from: number, count: number): void {
  for (let index = 0; index < count; index++) units[at + index] = text.charCodeAt(from + index)
}
