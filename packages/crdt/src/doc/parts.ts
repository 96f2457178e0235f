import { counter } from '../counter.js'
import type { CounterRule } from '../counter.js'
import { text } from '../text.js'
import type { TextRule } from '../text.js'

/** The rules of which texts and counters within a document are states. */
export const TEXT = text()
export const COUNTER = counter()

export type TextPart = ReturnType<TextRule['create']>
export type CounterPart = ReturnType<CounterRule['create']>
