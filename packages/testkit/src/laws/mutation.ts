import fc from 'fast-check'

/** One way to damage bytes. Places are taken modulo the length, so that every mutation fits every input. */
export type Mutation =
  | { readonly kind: 'flip'; readonly at: number; readonly bits: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: readonly number[] }

const place = fc.nat(1_000)

/** One to three mutations. */
export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.oneof<fc.Arbitrary<Mutation>[]>(
    fc.record({ kind: fc.constant('flip' as const), at: place, bits: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ kind: fc.constant('cut' as const), at: place }),
    fc.record({
      kind: fc.constant('insert' as const),
      at: place,
      bytes: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 9 }),
    }),
  ),
  { minLength: 1, maxLength: 3 },
)

/** Damages a copy of `bytes`. */
export function mutate(bytes: Uint8Array, changes: readonly Mutation[]): Uint8Array {
  let result = Uint8Array.from(bytes)
  for (const change of changes) {
    const at = change.at % (result.length + 1)
    switch (change.kind) {
      case 'flip': {
        const byte = result[at]
        if (byte !== undefined) result[at] = byte ^ change.bits
        break
      }
      case 'cut':
        result = result.slice(0, at)
        break
      case 'insert':
        result = Uint8Array.from([...result.subarray(0, at), ...change.bytes, ...result.subarray(at)])
        break
    }
  }
  return result
}
