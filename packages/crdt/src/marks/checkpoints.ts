/** What a document was like just before an op. */
export interface Checkpoint<T> {
  readonly version: number
  readonly value: T
}

/** An old checkpoint goes when there is another one so near, in parts of its age. */
const SPACING = 4

/**
 * Former values of a document, by the ops they were valid before: many of the recent past, few of the
 * distant one. Of n ops about log n are kept, and from any op there is one not much further back.
 */
export class Checkpoints<T> {
  private readonly kept: Checkpoint<T>[]

  /** @param first what the document began with; it is never dropped */
  constructor(first: T) {
    this.kept = [{ version: 0, value: first }]
  }

  /** The newest one. */
  get last(): Checkpoint<T> {
    return this.kept.at(-1) as Checkpoint<T>
  }

  /** Adds the value before an op that is newer than all others. */
  add(version: number, value: T): void {
    const { kept } = this
    if (version === this.last.version) return
    kept.push({ version, value })
    for (let index = kept.length - 2; index > 0; index--) {
      const [former, one, next] = kept.slice(index - 1, index + 2) as [
        Checkpoint<T>,
        Checkpoint<T>,
        Checkpoint<T>,
      ]
      if ((next.version - former.version) * SPACING <= version - one.version) kept.splice(index, 1)
    }
  }

  /** Drops the newest ones until one is valid, which it returns; the first is always. */
  dropUntil(isValid: (version: number) => boolean): Checkpoint<T> {
    while (this.kept.length > 1 && !isValid(this.last.version)) this.kept.pop()
    return this.last
  }
}
