import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter } from './bytes.js'
import { isFlowSyncError } from './errors.js'

type Item =
  | { readonly kind: 'u8' | 'varint' | 'f64'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }

const items: fc.Arbitrary<Item> = fc.oneof<fc.Arbitrary<Item>[]>(
  fc.record({ kind: fc.constant('u8' as const), value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant('varint' as const), value: fc.maxSafeNat() }),
  fc.record({ kind: fc.constant('f64' as const), value: fc.double({ noNaN: true }) }),
  fc.record({ kind: fc.constant('string' as const), value: fc.string({ unit: 'binary', maxLength: 80 }) }),
  fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 80 }) }),
)

function write(writer: ByteWriter, item: Item): void {
  switch (item.kind) {
    case 'string':
      return writer.string(item.value)
    case 'bytes':
      return writer.bytes(item.value)
    default:
      return writer[item.kind](item.value)
  }
}

describe('bytes', () => {
  it('read what was written', () => {
    fc.assert(
      fc.property(fc.array(items), (list) => {
        const writer = new ByteWriter(1)
        for (const item of list) write(writer, item)
        const reader = new ByteReader(writer.finish())
        expect(list.map(({ kind }) => reader[kind]())).toEqual(list.map(({ value }) => value))
        reader.end()
      }),
    )
  })

  it('end in codec/malformed or in a value, whatever they are', () => {
    const kinds = fc.constantFrom(
      'u8' as const,
      'varint' as const,
      'f64' as const,
      'string' as const,
      'bytes' as const,
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(kinds), (bytes, list) => {
        const reader = new ByteReader(bytes)
        try {
          for (const kind of list) reader[kind]()
          reader.end()
        } catch (error) {
          expect(isFlowSyncError(error) && error.code).toBe('codec/malformed')
        }
        expect(reader.remaining).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})
