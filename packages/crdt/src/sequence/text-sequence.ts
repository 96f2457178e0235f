import type { OpId } from '../op.js'
import { addTextDelta } from '../text-delta.js'
import type { TextDelta } from '../text-delta.js'
import type { Content } from './engine.js'
import { fitPatch } from './fit-patch.js'
import { StreamSequence } from './sequence.js'
import type { OpHead } from './stream-history.js'
import { TextBuffer } from './text-buffer.js'

/** A text as an engine changes it. */
class TextContent implements Content {
  readonly text: TextBuffer
  /** What the op that is being merged inserts. */
  insert = ''
  deltas: TextDelta[] = []

  constructor(text: string) {
    this.text = new TextBuffer(text)
  }

  get length(): number {
    return this.text.length
  }

  get hasPairs(): boolean {
    return this.text.hasPairs
  }

  isTail(position: number): boolean {
    return this.text.isTail(position)
  }

  tailsWithin(position: number, count: number): readonly number[] {
    return this.text.tailsWithin(position, count)
  }

  change(position: number, deleteCount: number, insertCount: number): void {
    const insert = insertCount === 0 ? '' : this.insert
    this.text.replace(position, deleteCount, insert)
    addTextDelta(this.deltas, { position, deleteCount, insert })
  }
}

/** A text that many edit at once, by the ops of a stream. */
export class TextSequence {
  protected readonly content: TextContent
  protected readonly stream: StreamSequence

  /** @param floor the seq up to which `text` was folded; nothing else is known of the ops up to there */
  constructor(text: string, floor: number) {
    this.content = new TextContent(text)
    this.stream = new StreamSequence(this.content, floor)
  }

  /** The lowest `base` of an op that can be merged. */
  get floor(): number {
    return this.stream.floor
  }

  /** The text; the same string until it changes. */
  get value(): string {
    return this.content.text.toString()
  }

  /** What a patch comes to in the text as it is now. */
  fit(patch: TextDelta): TextDelta {
    const { text } = this.content
    return fitPatch(patch, text.length, (position) => text.isTail(position))
  }

  /**
   * Merges an op and tells what it changed.
   * @param patch at the version that the op was made at; what does not fit there is made to
   */
  apply(op: OpHead, { position, deleteCount, insert }: TextDelta): readonly TextDelta[] {
    this.content.insert = insert
    this.content.deltas = []
    this.stream.apply(op, { position, deleteCount, insertCount: insert.length })
    return this.content.deltas
  }

  /** Gives an op that was merged without one its seq. */
  settle(id: OpId, seq: number): void {
    this.stream.settle(id, seq)
  }
}
