import { malformed } from './bytes.js'
import type { ByteReader, ByteWriter } from './bytes.js'

/** How much of the text before one may repeat, so that a short input cannot stand for a long text. */
const MAX_SHARED = 64

/**
 * Writes whole numbers of at most 2^50 either way. Each has one bit that says whether a number of
 * repetitions follows, so that a column that goes on as it began takes a few bytes, however long it is.
 */
export function writeColumn(writer: ByteWriter, numbers: readonly number[]): void {
  for (let at = 0; at < numbers.length;) {
    const number = numbers[at] ?? 0
    const start = at
    while (++at < numbers.length && numbers[at] === number);
    const repeats = at - start - 1
    // Signs take the lowest bit: 0, -1, 1, -2.
    writer.varint((number < 0 ? -2 * number - 1 : 2 * number) * 2 + Math.min(repeats, 1))
    if (repeats > 0) writer.varint(repeats - 1)
  }
}

/** Reads `count` numbers that {@link writeColumn} wrote. */
export function readColumn(reader: ByteReader, count: number): number[] {
  const numbers: number[] = []
  while (numbers.length < count) {
    const head = reader.varint()
    const code = Math.floor(head / 2)
    const number = code % 2 === 0 ? code / 2 : -(code + 1) / 2
    let repeats = head % 2 === 0 ? 0 : reader.varint(count - numbers.length - 2) + 1
    for (; repeats >= 0; repeats--) numbers.push(number)
  }
  return numbers
}

/** Writes texts without line breaks, each without what it shares with the beginning of the one before. */
export function writeTexts(writer: ByteWriter, texts: readonly string[]): void {
  const shared: number[] = []
  const lines: string[] = []
  let before = ''
  for (const text of texts) {
    let length = 0
    while (length < MAX_SHARED && length < before.length && before[length] === text[length]) length++
    // A surrogate pair is not divided: its halves have no bytes.
    if (length > 0 && /[\ud800-\udbff]/.test(text[length - 1] ?? '')) length--
    shared.push(length)
    lines.push(text.slice(length))
    before = text
  }
  writer.string(lines.join('\n'))
  writeColumn(writer, shared)
}

/**
 * Reads one text or more that {@link writeTexts} wrote: as many as it finds.
 * @throws FlowSyncError `codec/malformed`
 */
export function readTexts(reader: ByteReader): string[] {
  const lines = reader.string().split('\n')
  const shared = readColumn(reader, lines.length)
  let before = ''
  return lines.map((line, index) => {
    const length = shared[index] ?? 0
    if (length < 0 || length > Math.min(MAX_SHARED, before.length)) throw malformed('a text repeats too much')
    return (before = before.slice(0, length) + line)
  })
}
