/**
 * Where the slots are that show nothing: those that lost their element to a concurrent move, and those
 * of deleted elements. They are few and short-lived, as `ListEdits` removes them, so a sorted array will do.
 */
export class Ghosts {
  private positions: number[] = []

  get count(): number {
    return this.positions.length
  }

  list(): readonly number[] {
    return this.positions
  }

  /** How many stand before a position. */
  before(position: number): number {
    let low = 0
    let high = this.positions.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.positions[middle] as number) < position) low = middle + 1
      else high = middle
    }
    return low
  }

  has(position: number): boolean {
    return this.positions[this.before(position)] === position
  }

  add(position: number): void {
    this.positions.splice(this.before(position), 0, position)
  }

  addAll(positions: readonly number[]): void {
    this.positions = [...this.positions, ...positions].sort((a, b) => a - b)
  }

  delete(position: number): void {
    if (this.has(position)) this.positions.splice(this.before(position), 1)
  }

  /** Slots were removed. Returns how many of them were ghosts. */
  removed(position: number, count: number): number {
    if (this.positions.length === 0) return 0
    const first = this.before(position)
    const end = this.before(position + count)
    this.positions.splice(first, end - first)
    this.shift(first, -count)
    return end - first
  }

  /** Slots were inserted. */
  inserted(position: number, count: number): void {
    if (this.positions.length > 0) this.shift(this.before(position), count)
  }

  private shift(from: number, by: number): void {
    const { positions } = this
    for (let index = from; index < positions.length; index++)
      positions[index] = (positions[index] as number) + by
  }
}
