import type { OpId } from '../op.js'
import type { TextDelta } from '../text-delta.js'
import type { OpHead } from './stream-history.js'
import { StreamSequence } from './stream-sequence.js'
import { TextContent } from './text-content.js'
import { trimEdit } from './trim-edit.js'

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
  fit({ position, deleteCount, insert }: TextDelta): TextDelta {
    const { engine } = this.stream
    engine.fit(position, deleteCount)
    return { position: engine.fitPosition, deleteCount: engine.fitCount, insert }
  }

  /** What is new in a patch that fits the text as it is now. */
  trim(fitting: TextDelta): TextDelta {
    return trimEdit(this.content.text, fitting)
  }

  /**
   * Merges an op and tells what it changed.
   * @param patch at the version that the op was made at; what does not fit there is made to
   */
  apply(op: OpHead, { position, deleteCount, insert }: TextDelta): readonly TextDelta[] {
    const deltas: TextDelta[] = []
    this.content.insert = insert
    this.content.deltas = deltas
    this.stream.apply(op, { position, deleteCount, insertCount: insert.length })
    return deltas
  }

  /** Gives an op that was merged without one its seq. */
  settle(id: OpId, seq: number): void {
    this.stream.settle(id, seq)
  }
}
