import { createRandom, type Random } from '../simulator/random.js'
import type { SequentialSession, SessionEdit } from './session.js'

const WORDS = (
  'the of and to in is that for it was on are as with they at be this from have or by one had not but what all were when ' +
  'we there can an your which their said if do will each about how up out them then she many some so these would other into ' +
  'has more her two like him see time could no make than first been its who now people my made over did down only way find'
).split(' ')
const RARE = ['naïve', 'Zürich', '東京', '🎈', '👩‍💻', '—', 'Ωμέγα', '🇨🇭']

/**
 * Makes a session as a person types it: mostly forward by single characters, with typing errors taken back, jumps
 * to earlier places, pasted and deleted passages, and now and then a character that takes two UTF-16 units.
 * The same seed gives the same session.
 */
export function generateSession(editCount: number, seed: string | number): SequentialSession {
  const writer = new Writer(createRandom(`session/${seed}`), editCount)
  while (!writer.isDone) writer.act()
  return { kind: 'sequential', name: `generated-${seed}`, edits: writer.edits, endContent: writer.text }
}

class Writer {
  readonly edits: SessionEdit[] = []
  text = ''
  private caret = 0
  private readonly random: Random
  private readonly editCount: number

  constructor(random: Random, editCount: number) {
    this.random = random
    this.editCount = editCount
  }

  get isDone(): boolean {
    return this.edits.length >= this.editCount
  }

  act(): void {
    const action = this.random.next()
    if (action < 0.9) this.type(this.random.chance(0.02) ? this.random.pick(RARE) : this.random.pick(WORDS))
    else if (action < 0.94) this.jump()
    else if (action < 0.96) this.paste()
    else if (action < 0.98) this.deletePassage()
    else this.type(this.random.chance(0.3) ? '.\n\n' : '. ')
  }

  private type(word: string): void {
    for (const character of `${word} `) {
      if (this.random.chance(0.03)) {
        this.edit(this.caret, 0, this.random.pick(['e', 'x', 'q', 't']))
        this.backspace()
      }
      this.edit(this.caret, 0, character)
    }
    if (this.random.chance(0.04))
      for (let count = this.random.between(1, 6); count > 0; count--) this.backspace()
  }

  private backspace(): void {
    if (this.caret === 0) return
    const start = this.snap(this.caret - 1)
    this.edit(start, this.caret - start, '')
  }

  private jump(): void {
    const isNear = this.random.chance(0.7)
    const low = isNear ? Math.max(0, this.caret - 400) : 0
    const high = isNear ? Math.min(this.text.length, this.caret + 400) : this.text.length
    this.caret = this.random.chance(0.3) ? this.text.length : this.snap(this.random.between(low, high))
  }

  private paste(): void {
    const words = Array.from({ length: this.random.between(3, 25) }, () => this.random.pick(WORDS))
    const end = this.snap(Math.min(this.text.length, this.caret + this.random.int(12)))
    this.edit(this.caret, end - this.caret, `${words.join(' ')} `)
  }

  private deletePassage(): void {
    const end = this.snap(Math.min(this.text.length, this.caret + this.random.between(1, 60)))
    if (end > this.caret) this.edit(this.caret, end - this.caret, '')
  }

  /** The place itself, or the one before it when it would split a surrogate pair. */
  private snap(place: number): number {
    const unit = this.text.charCodeAt(place)
    return unit >= 0xdc00 && unit <= 0xdfff && place > 0 ? place - 1 : place
  }

  private edit(position: number, deleteCount: number, insert: string): void {
    if (this.isDone) return
    this.edits.push({ position, deleteCount, insert })
    this.text = this.text.slice(0, position) + insert + this.text.slice(position + deleteCount)
    this.caret = position + insert.length
  }
}
