import type { Json } from './json.js'

type MutableJson = string | number | boolean | null | MutableJson[] | { [key: string]: MutableJson }

/**
 * A `T` as it is read from a stream: nothing in it can be assigned, at any level. Values are frozen too, so what a
 * cast lets through throws at run time. A `T` can be passed where this is taken, and this wherever a `T` is pushed.
 *
 * ```ts
 * const title = (task: DeepReadonly<Task>) => task.title
 * ```
 */
export type DeepReadonly<T> = { readonly [Key in keyof T]: ReadValue<T[Key]> }

/**
 * What a rule shows for a `T` that was written: scalars as they are, any type that holds all of JSON as {@link Json},
 * everything else as {@link DeepReadonly}.
 */
// Arrays apart from the mapped type, which would expand a type that contains itself without end.
export type ReadValue<T> = [MutableJson] extends [T]
  ? T extends Json
    ? Json
    : T
  : T extends string | number | boolean | bigint | symbol | null | undefined
    ? T
    : T extends readonly unknown[]
      ? number extends T['length']
        ? readonly ReadValue<T[number]>[]
        : DeepReadonly<T>
      : DeepReadonly<T>
