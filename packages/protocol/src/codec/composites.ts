import type { Codec, Decoded } from './codec.js'
import { invalidValue, malformed } from './frame-reader.js'

/** The fields of a struct, in the order in which they are written. */
export type Fields = Readonly<Record<string, Codec<unknown>>>

type OptionalKeys<F> = { [K in keyof F]-?: undefined extends Decoded<F[K]> ? K : never }[keyof F]

/** The type of a struct: fields that may be undefined are optional. */
export type StructOf<F> = { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Decoded<F[K]> } & {
  readonly [K in OptionalKeys<F>]?: Decoded<F[K]>
} extends infer Merged
  ? { readonly [K in keyof Merged]: Merged[K] }
  : never

/** Fields one after another, without names or lengths. */
export function struct<const F extends Fields>(fields: F): Codec<StructOf<F>> {
  const entries = Object.entries<Codec<unknown>>(fields)
  return {
    describe: `{${entries.map(([name, codec]) => `${name}:${codec.describe}`).join(',')}}`,
    write(writer, value) {
      const record = value as Readonly<Record<string, unknown>>
      for (const [name, codec] of entries) codec.write(writer, record[name])
    },
    read(reader) {
      const record: Record<string, unknown> = {}
      for (const [name, codec] of entries) {
        const field = codec.read(reader)
        if (field !== undefined) record[name] = field
      }
      return record as StructOf<F>
    },
  }
}

/** At most `max` items after their number. */
export function array<T>(item: Codec<T>, max: number): Codec<readonly T[]> {
  return {
    describe: `array(${item.describe},${max})`,
    write(writer, value) {
      if (value.length > max) throw invalidValue(`${value.length} items where ${max} are allowed`)
      writer.varint(value.length)
      for (const entry of value) item.write(writer, entry)
    },
    read(reader) {
      const length = reader.listLength(max)
      const items: T[] = []
      for (let index = 0; index < length; index++) items.push(item.read(reader))
      return items
    },
  }
}

/** A byte 0 for undefined; or a byte 1, then the value. */
export function optional<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    describe: `optional(${codec.describe})`,
    write(writer, value) {
      writer.u8(value === undefined ? 0 : 1)
      if (value !== undefined) codec.write(writer, value)
    },
    read(reader) {
      const flag = reader.u8()
      if (flag > 1) throw malformed('a flag is neither 0 nor 1')
      return flag === 1 ? codec.read(reader) : undefined
    },
  }
}

type UnionOf<V> = { [K in keyof V]: { readonly kind: K } & Decoded<V[K]> }[keyof V] extends infer Variant
  ? Variant extends unknown
    ? { readonly [K in keyof Variant]: Variant[K] }
    : never
  : never

/** One of several structs, told apart by `kind`: a byte with the variant's place in the list, then its fields. */
export function union<const V extends Fields>(variants: V): Codec<UnionOf<V>> {
  const entries = Object.entries(variants) as [string, Codec<object>][]
  const indexes = new Map(entries.map(([kind], index) => [kind, index]))
  return {
    describe: `union(${entries.map(([kind, codec]) => `${kind}${codec.describe}`).join('|')})`,
    write(writer, value) {
      const { kind } = value as unknown as { readonly kind: string }
      const index = indexes.get(kind)
      const variant = index === undefined ? undefined : entries[index]
      if (index === undefined || variant === undefined)
        throw invalidValue(`${kind} is none of ${[...indexes.keys()].join(', ')}`)
      writer.u8(index)
      variant[1].write(writer, value)
    },
    read(reader) {
      const variant = entries[reader.u8()]
      if (variant === undefined) throw malformed('a variant is unknown')
      return { kind: variant[0], ...variant[1].read(reader) } as unknown as UnionOf<V>
    },
  }
}
