const KEPT = 8

/**
 * Decodes frames that come to a thousand connections alike only once: a frame that is, byte for byte, one of the last
 * ones means what that one meant. So each connection's frames are checked in full, at the price of a comparison.
 */
export class FrameMemo<Meaning> {
  private readonly known: { readonly bytes: Buffer; readonly meaning: Meaning }[] = []
  private next = 0

  /** @param isShared whether others may get the same frame, so that it is worth keeping */
  read(bytes: Buffer, decode: (bytes: Buffer) => Meaning, isShared: (meaning: Meaning) => boolean): Meaning {
    for (const entry of this.known) {
      if (entry.bytes.length === bytes.length && entry.bytes.equals(bytes)) return entry.meaning
    }
    const meaning = decode(bytes)
    if (isShared(meaning)) {
      this.known[this.next] = { bytes: Buffer.from(bytes), meaning }
      this.next = (this.next + 1) % KEPT
    }
    return meaning
  }
}
