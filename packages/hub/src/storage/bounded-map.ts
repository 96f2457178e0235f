/** A map that forgets what was longest not asked for, but only when told to. */
export class BoundedMap<Key, Value> {
  private readonly entries = new Map<Key, Value>()
  private readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  get(key: Key): Value | undefined {
    const value = this.entries.get(key)
    if (value === undefined) return undefined
    this.entries.delete(key)
    this.entries.set(key, value)
    return value
  }

  set(key: Key, value: Value): void {
    this.entries.set(key, value)
  }

  delete(key: Key): void {
    this.entries.delete(key)
  }

  /** Those that were longest not asked for come first. */
  values(): Iterable<Value> {
    return this.entries.values()
  }

  /** Drops the oldest entries above the limit. */
  trim(): void {
    for (const key of this.entries.keys()) {
      if (this.entries.size <= this.limit) return
      this.entries.delete(key)
    }
  }

  clear(): void {
    this.entries.clear()
  }
}
