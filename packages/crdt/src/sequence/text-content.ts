import { addTextDelta } from '../text-delta.js'
import type { TextDelta } from '../text-delta.js'
import type { Content } from './engine.js'
import { TextBuffer } from './text-buffer.js'

/** A text as an engine changes it. */
export class TextContent implements Content {
  readonly text: TextBuffer
  /** What the op that is being merged inserts. */
  insert = ''
  /** Collects what changes, as long as somebody wants to know. */
  deltas: TextDelta[] | undefined

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
    if (this.deltas) addTextDelta(this.deltas, { position, deleteCount, insert })
  }
}
