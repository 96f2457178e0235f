import type { SessionEdit } from '@flowsync/testkit/sessions'
import { GapText } from './gap-text.js'
import { VarintReader, VarintWriter } from './varints.js'

const INSERT = 0
/** Towards the end, at one place. */
const DELETE = 1
/** Towards the beginning, as a backspace key does. */
const BACKSPACE = 2

/** What was typed and deleted, in order, runs joined: the least that remembers everything. */
export class EditLog {
  private kinds = new Uint8Array(1024)
  private positions = new Uint32Array(1024)
  private lengths = new Uint32Array(1024)
  private count = 0
  private readonly typed = new GapText()

  add({ position, deleteCount, insert }: SessionEdit): void {
    if (deleteCount > 0) this.addDelete(position, deleteCount)
    if (insert !== '') this.addInsert(position, insert)
  }

  encode(writer: VarintWriter): void {
    writer.number(this.count)
    let caret = 0
    for (let index = 0; index < this.count; index++) {
      const [kind, position, length] = this.run(index)
      writer.signed(position - caret)
      caret = kind === INSERT ? position + length : kind === BACKSPACE ? position - length : position
    }
    for (let index = 0; index < this.count; index++) {
      writer.number((this.lengths[index] ?? 0) * 3 + (this.kinds[index] ?? 0))
    }
    writer.text(this.typed.toString())
  }

  static decode(reader: VarintReader): EditLog {
    const log = new EditLog()
    const count = reader.number()
    const shifts = Array.from({ length: count }, () => reader.signed())
    let caret = 0
    for (const shift of shifts) {
      const mixed = reader.number()
      const kind = mixed % 3
      const length = (mixed - kind) / 3
      const position = caret + shift
      log.append(kind, position, length)
      caret = kind === INSERT ? position + length : kind === BACKSPACE ? position - length : position
    }
    log.typed.splice(0, 0, reader.text())
    return log
  }

  private run(index: number): readonly [kind: number, position: number, length: number] {
    return [this.kinds[index] ?? 0, this.positions[index] ?? 0, this.lengths[index] ?? 0]
  }

  private addInsert(position: number, insert: string): void {
    const [kind, start, length] = this.run(this.count - 1)
    if (this.count > 0 && kind === INSERT && start + length === position) {
      this.lengths[this.count - 1] = length + insert.length
    } else this.append(INSERT, position, insert.length)
    this.typed.splice(this.typed.length, 0, insert)
  }

  private addDelete(position: number, deleteCount: number): void {
    const [kind, start, length] = this.run(this.count - 1)
    const last = this.count - 1
    if (this.count > 0 && kind === DELETE && start === position) {
      this.lengths[last] = length + deleteCount
    } else if (this.count > 0 && kind === BACKSPACE && start - length === position + deleteCount) {
      this.lengths[last] = length + deleteCount
    } else
      this.append(
        deleteCount === 1 ? BACKSPACE : DELETE,
        deleteCount === 1 ? position + 1 : position,
        deleteCount,
      )
  }

  private append(kind: number, position: number, length: number): void {
    if (this.count === this.kinds.length) {
      this.kinds = widened(this.kinds, Uint8Array)
      this.positions = widened(this.positions, Uint32Array)
      this.lengths = widened(this.lengths, Uint32Array)
    }
    this.kinds[this.count] = kind
    this.positions[this.count] = position
    this.lengths[this.count] = length
    this.count++
  }
}

function widened<Items extends Uint8Array | Uint32Array>(
  items: Items,
  make: new (length: number) => Items,
): Items {
  const wider = new make(items.length * 2)
  wider.set(items)
  return wider
}
