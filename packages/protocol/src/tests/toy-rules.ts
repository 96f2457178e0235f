import type { MergeRule } from '@flowsync/crdt'

/** Rules that merge nothing: definitions look only at their names and types. */
function toyRule<Value, Intent, Actions>(
  name: string,
  value: Value,
  actions: Actions,
): MergeRule<Value, Intent, Intent, object, never, Actions> {
  return {
    name,
    version: 1,
    actions,
    create: () => ({}),
    prepare: (_state, intent) => intent,
    countOf: () => 1,
    apply: () => [],
    settle() {},
    value: () => value,
    encodeBody: () => new Uint8Array(),
    decodeBody() {
      throw new Error('a toy has no bodies')
    },
    encodeState: () => new Uint8Array(),
    decodeState: () => ({}),
  }
}

export const words = () =>
  toyRule<
    string,
    { readonly op: 'say'; readonly word: string },
    { say(word: string): { readonly op: 'say'; readonly word: string } }
  >('words', '', { say: (word) => ({ op: 'say', word }) })

export const tally = () =>
  toyRule<number, { readonly op: 'up' }, { up(): { readonly op: 'up' } }>('tally', 0, {
    up: () => ({ op: 'up' }),
  })

export const box = <T>(initial: T) =>
  toyRule<
    T,
    { readonly op: 'set'; readonly value: T },
    { set(value: T): { readonly op: 'set'; readonly value: T } }
  >('box', initial, {
    set: (value) => ({ op: 'set', value }),
  })
