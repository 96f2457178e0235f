/**
 * What had been there at each seq since the floor: how many elements the list had ever had, and how
 * many changes the sequence had. An op may be no change of the sequence, or several of them.
 */
export class HubOrder {
  readonly floor: number
  private readonly serials: number[]
  private readonly changes: number[]

  /** @param serial the first one that is free at the floor */
  constructor(floor: number, serial: number) {
    this.floor = floor
    this.serials = [serial]
    this.changes = [floor]
  }

  /** The serial of the next element. */
  get nextSerial(): number {
    return this.serials[this.serials.length - 1] as number
  }

  /** The last change of the sequence, counted from the floor's seq. */
  get lastChange(): number {
    return this.changes[this.changes.length - 1] as number
  }

  /** An op got its seq, above all before. */
  place(seq: number, inserted: number, changes: number): void {
    const { nextSerial, lastChange } = this
    // Seqs between belong to ops that the rule could not read: they did nothing, here as everywhere.
    for (let missing = seq - this.floor - this.serials.length; missing > 0; missing--) {
      this.serials.push(nextSerial)
      this.changes.push(lastChange)
    }
    this.serials.push(nextSerial + inserted)
    this.changes.push(lastChange + changes)
  }

  private indexOf(base: number): number {
    return Math.min(Math.max(0, base - this.floor), this.serials.length - 1)
  }

  /** The first serial that an author with this base cannot have known. */
  serialAt(base: number): number {
    return this.serials[this.indexOf(base)] as number
  }

  /** The last change of the sequence that an author with this base knew. */
  changeAt(base: number): number {
    return this.changes[this.indexOf(base)] as number
  }
}
