import type { Json } from '@flowsync/crdt'
import fc from 'fast-check'

const keys = fc.constantFrom('__proto__', 'constructor', 'toString', 'a', 'b', '1', '')
const strings = fc.constantFrom('', 'text', '\ud83d\ude00', '\ud83d', '\u2028', '"\\')
const numbers = fc.constantFrom(0, -0, 1, -1, 0.1, 1e21, 5e-324, Number.MAX_VALUE)

/** JSON values with the keys, strings and numbers that break naive code. */
export const jsonValues: fc.Arbitrary<Json> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
  fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      strings,
      numbers,
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 3 }),
    ),
  })).value,
)

/** What JSON cannot express without loss. */
export const notJson: readonly unknown[] = [
  undefined,
  Number.NaN,
  Infinity,
  1n,
  Symbol('symbol'),
  () => 1,
  new Date(0),
  new Map(),
  new (class Point {
    x = 1
  })(),
  { a: undefined },
  new Array(2),
  { deep: [{ a: Number.NaN }] },
  cyclic(),
  nested(65),
  Object.defineProperty({}, 'broken', {
    enumerable: true,
    get: () => {
      throw new TypeError('a getter throws')
    },
  }),
]

function cyclic(): unknown {
  const loop: unknown[] = []
  loop.push({ loop })
  return loop
}

function nested(depth: number): unknown {
  let value: unknown = 0
  for (let level = 0; level < depth; level++) value = [value]
  return value
}
