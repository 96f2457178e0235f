import { Sequence } from '../sequence/sequence.js'
import { encodeTextState } from '../text-codec.js'
import type { Container, MapContainer, Place } from './container.js'
import { DotMap } from './dot-map.js'
import { LocalOrder } from './local-order.js'
import type { ContainerType } from './node.js'
import type { Made } from './op-marks.js'
import { COUNTER, TEXT } from './parts.js'
import type { CounterPart } from './parts.js'

/** Where a new container lies and what made it. */
export interface ContainerHead {
  readonly made: Made | undefined
  readonly place: Place | undefined
  readonly depth: number
  readonly isDeclared?: boolean
}

/** What a new container begins with. */
export interface ContainerStart {
  /** Of a text. */
  readonly text?: string
  /** How many units a list has; they are still to be added. */
  readonly length?: number
  /** Of a counter. */
  readonly counter?: CounterPart
}

/** Makes a container, which is then to be registered and filled. */
export function createContainer(type: 'map', head: ContainerHead): MapContainer
export function createContainer(type: ContainerType, head: ContainerHead, start?: ContainerStart): Container
export function createContainer(
  type: ContainerType,
  { made, place, depth, isDeclared = false }: ContainerHead,
  { text = '', length = 0, counter }: ContainerStart = {},
): Container {
  const common = { made, place, depth, isDeclared, isTouched: false }
  switch (type) {
    case 'map':
      return {
        ...common,
        type,
        slots: new Map(),
        fixed: undefined,
        stale: 'all',
        value: Object.freeze({}),
      }
    case 'list':
      return {
        ...common,
        type,
        sequence: new Sequence(length, 0),
        order: new LocalOrder(),
        units: [],
        elements: new DotMap(),
        mayHide: false,
        isStale: true,
        changed: undefined,
        value: Object.freeze([]),
      }
    case 'text':
      return { ...common, type, order: new LocalOrder(), part: TEXT.decodeState(encodeTextState(text), 0) }
    case 'counter':
      return { ...common, type, part: counter ?? COUNTER.create() }
  }
}
