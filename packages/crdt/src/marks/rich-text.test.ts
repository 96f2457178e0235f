import { describe, expect, it } from 'vitest'
import { Fold } from '../fold.js'
import { createSession } from '../tests/session.js'
import { DEFAULT_MARK_TYPES } from './mark-types.js'
import type { RichText } from './rich-text-value.js'
import { richText } from './rich-text.js'

const rule = richText()
const { insert, delete: remove, replace, mark, unmark } = rule.actions

/** Two people who have the same text. */
function two(text: string) {
  const session = createSession(rule, 2)
  session.edit(0, insert(0, text))
  session.send(0)
  session.pull()
  return session
}

type Session = ReturnType<typeof two>

/** All see all; what it is then. */
function merge(session: Session): string {
  session.send(0, 1)
  session.pull()
  const shown = show(session.value(0))
  expect(show(session.value(1))).toBe(shown)
  expect(session.state(1)).toEqual(session.state(0))
  return shown
}

/** `The [fox|bold] jumped`; values other than true behind a colon. */
function show({ spans }: RichText): string {
  const shown = spans.map(({ text, marks }) => {
    const names = Object.entries(marks).map(([name, value]) =>
      value === true ? name : `${name}:${plain(value)}`,
    )
    return names.length === 0 ? text : `[${text}|${names.join()}]`
  })
  return shown.join('')
}

function plain(value: unknown): string {
  return Array.isArray(value) ? value.map(plain).join('+') : JSON.stringify(value).replaceAll('"', '')
}

/** One person's text after some edits. */
function alone(...intents: readonly Parameters<Session['edit']>[1][]): string {
  const session = createSession(rule, 1)
  for (const intent of intents) session.edit(0, intent)
  const before = show(session.value(0))
  session.send(0)
  session.pull()
  // What a snapshot brings back is what was there.
  expect(show(new Fold(rule, { state: session.state(0), seq: intents.length }).value)).toBe(before)
  return before
}

describe('the examples of Peritext', () => {
  it('1: text that is inserted into a range while it becomes bold is bold', () => {
    const session = two('The fox jumped.')
    session.edit(0, mark(0, 15, 'bold'))
    session.edit(1, insert(4, 'quick '))
    expect(merge(session)).toBe('[The quick fox jumped.|bold]')
  })

  it('2: ranges that overlap are both marked', () => {
    const session = two('The fox jumped.')
    session.edit(0, mark(0, 7, 'bold'))
    session.edit(1, mark(4, 11, 'bold'))
    expect(merge(session)).toBe('[The fox jumped.|bold]')
  })

  it('3: different marks do not disturb one another', () => {
    const session = two('The fox jumped.')
    session.edit(0, mark(0, 7, 'bold'))
    session.edit(1, mark(4, 11, 'italic'))
    expect(merge(session)).toBe('[The |bold][fox|bold,italic][ jumped.|italic]')
  })

  it('4: of two links over one word the last one written counts, wherever they overlap', () => {
    const session = two('The fox jumped.')
    session.edit(0, mark(0, 7, 'link', 'a'), 10)
    session.edit(1, mark(4, 11, 'link', 'b'), 20)
    expect(merge(session)).toBe('[The |link:a][fox jumped.|link:b]')
  })

  it('5: bold that somebody takes away again is gone only where it was taken away', () => {
    const session = two('The fox jumped.')
    session.edit(0, mark(0, 15, 'bold'))
    merge(session)
    session.edit(0, unmark(4, 11, 'bold'))
    session.edit(1, mark(7, 8, 'italic'))
    expect(merge(session)).toBe('[The |bold]fox[ jumped.|italic]')
  })

  it('6: comments may overlap', () => {
    const session = two('The fox jumped.')
    session.edit(0, mark(0, 7, 'comment', 'from Alice'))
    session.edit(1, mark(4, 11, 'comment', 'from Bob'))
    expect(merge(session)).toBe(
      '[The |comment:from Alice][fox|comment:from Alice+from Bob][ jumped.|comment:from Bob]',
    )
  })

  it('7: text typed at the end of bold is bold, at the end of a link it is not linked', () => {
    expect(alone(insert(0, 'The fox jumped.'), mark(4, 3, 'bold'), insert(7, 'es'), insert(4, 'red '))).toBe(
      'The red [foxes|bold] jumped.',
    )
    expect(
      alone(insert(0, 'The fox jumped.'), mark(4, 3, 'link', 'a'), insert(7, 'es'), insert(4, 'red ')),
    ).toBe('The red [fox|link:a]es jumped.')
  })

  it('8: so too when the two happen at the same time', () => {
    const session = two('The fox jumped.')
    session.edit(0, mark(4, 3, 'bold'))
    session.edit(0, mark(4, 3, 'link', 'a'))
    session.edit(1, insert(7, 'es'))
    session.edit(1, insert(4, 'red '))
    expect(merge(session)).toBe('The red [fox|bold,link:a][es|bold] jumped.')
  })

  it('9: a link whose end was deleted still does not grow', () => {
    expect(
      alone(insert(0, 'The foxes jumped.'), mark(4, 5, 'link', 'a'), remove(7, 2), insert(7, 'y one')),
    ).toBe('The [fox|link:a]y one jumped.')
    expect(alone(insert(0, 'The foxes jumped.'), mark(4, 5, 'bold'), remove(7, 2), insert(7, 'y one'))).toBe(
      'The [foxy one|bold] jumped.',
    )
  })
})

describe('marks', () => {
  it('of which somebody saw one and wrote another are replaced whatever the clocks say', () => {
    const session = two('word')
    session.edit(0, mark(0, 4, 'link', 'of the future'), 9e12)
    merge(session)
    session.edit(1, mark(0, 4, 'link', 'now'), 1)
    expect(merge(session)).toBe('[word|link:now]')
    session.edit(0, unmark(0, 4, 'link'), 0)
    expect(merge(session)).toBe('word')
  })

  it('compete with a removal at the same time by their clocks', () => {
    for (const [clock, shown] of [
      [10, 'word'],
      [30, '[word|bold:heavy]'],
    ] as const) {
      const session = two('word')
      session.edit(0, mark(0, 4, 'bold'), 1)
      merge(session)
      session.edit(0, unmark(0, 4, 'bold'), 20)
      session.edit(1, mark(0, 4, 'bold', 'heavy'), clock)
      expect(merge(session)).toBe(shown)
    }
  })

  it('are told apart by who wrote when clocks are equal', () => {
    const session = two('word')
    session.edit(0, mark(0, 4, 'link', 'zero'))
    session.edit(1, mark(0, 4, 'link', 'one'))
    expect(merge(session)).toBe('[word|link:one]')
  })

  it('reach text that was typed behind them before they came, by the end that expands', () => {
    const session = two('ab')
    session.edit(0, mark(0, 1, 'bold'))
    session.edit(1, insert(1, 'x'))
    session.edit(1, insert(2, 'y'))
    expect(merge(session)).toBe('[axy|bold]b')
  })

  it('that are removed while text is typed within do not come back with it', () => {
    const session = two('ab')
    session.edit(0, mark(0, 2, 'bold'))
    merge(session)
    session.edit(0, unmark(0, 2, 'bold'))
    session.edit(1, insert(1, 'x'))
    session.edit(1, insert(3, 'y'))
    expect(merge(session)).toBe('axby')
  })

  it('of deleted text are gone with it, also for who marks it at the same time', () => {
    const session = two('abcd')
    session.edit(0, mark(1, 2, 'bold'))
    session.edit(1, remove(1, 2))
    session.edit(1, insert(1, 'x'))
    expect(merge(session)).toBe('axd')
  })

  it('pass from replaced text to what takes its place', () => {
    expect(alone(insert(0, 'a fox'), mark(2, 3, 'link', 'u'), replace(2, 3, 'wolf'))).toBe('a [wolf|link:u]')
    expect(alone(insert(0, 'a fox'), mark(2, 3, 'link', 'u'), replace(0, 3, 'b'))).toBe('b[ox|link:u]')
    expect(alone(insert(0, 'a fox.'), mark(2, 3, 'bold'), replace(4, 2, '!'))).toBe('a [fo!|bold]')
  })

  it('stay on what a replacement leaves as it is', () => {
    const steps = [insert(0, 'the fox'), mark(4, 3, 'bold')]
    expect(alone(...steps, replace(0, 7, 'the red fox'))).toBe('the red [fox|bold]')
    expect(alone(...steps, replace(0, 7, 'a fox'))).toBe('a [fox|bold]')
    expect(alone(...steps, replace(0, 7, 'the fox'))).toBe('the [fox|bold]')
  })

  it('are those of the replaced text where other text only lengthens it', () => {
    const steps = [insert(0, 'a 😀fox😀.'), mark(2, 7, 'link', 'u')]
    expect(alone(...steps, replace(2, 7, '😀fox😀es'))).toBe('a [😀fox😀es|link:u].')
    expect(alone(...steps, replace(2, 7, 'red 😀fox😀'))).toBe('a [red 😀fox😀|link:u].')
    expect(alone(...steps, replace(4, 3, 'foxes'))).toBe('a [😀foxes😀|link:u].')
    expect(alone(...steps, insert(9, 'es'))).toBe('a [😀fox😀|link:u]es.')
  })

  it('of the same value beside one another are one', () => {
    const session = createSession(rule, 1)
    for (const intent of [insert(0, 'abcd'), mark(0, 2, 'link', 'u'), mark(2, 2, 'link', 'u')]) {
      session.edit(0, intent)
    }
    session.edit(0, insert(2, 'x'))
    expect(show(session.value(0))).toBe('[abxcd|link:u]')
    expect(session.value(0).spans).toHaveLength(1)
  })

  it('that are kept beside others go one by one', () => {
    const steps = [insert(0, 'abc'), mark(0, 2, 'comment', 'x'), mark(1, 2, 'comment', 'y')]
    expect(alone(...steps)).toBe('[a|comment:x][b|comment:x+y][c|comment:y]')
    expect(alone(...steps, unmark(0, 3, 'comment', 'x'))).toBe('a[bc|comment:y]')
  })

  it('take in whole characters', () => {
    expect(alone(insert(0, 'a😀b'), mark(2, 2, 'bold'))).toBe('a[😀b|bold]')
    expect(alone(insert(0, 'a😀b'), mark(0, 2, 'bold'))).toBe('[a😀|bold]b')
    const session = two('a😀b')
    session.edit(0, mark(2, 1, 'bold'))
    session.edit(1, remove(1, 2))
    session.edit(1, insert(0, 'x'))
    expect(merge(session)).toBe('xab')
  })

  it('that change nothing are no ops', () => {
    const fold = new Fold(rule)
    const id = { replica: 'a'.repeat(32) as Parameters<typeof fold.applyOwn>[1]['replica'], nowMs: 0 }
    fold.prepare(insert(0, 'abc'), { ...id, counter: 1 })
    fold.prepare(mark(0, 2, 'bold'), { ...id, counter: 4 })
    const before = fold.value
    for (const intent of [
      mark(0, 2, 'bold'),
      mark(1, 1, 'bold'),
      mark(1, 0, 'italic'),
      mark(3, 9, 'italic'),
      unmark(2, 9, 'bold'),
      unmark(0, 3, 'link'),
    ]) {
      expect(fold.prepare(intent, { ...id, counter: 5 })).toBeUndefined()
    }
    expect(fold.value).toBe(before)
    expect(fold.prepare(mark(1, 9, 'bold'), { ...id, counter: 5 })?.op.count).toBe(1)
  })
})

describe('the value of a rich text', () => {
  it('is plain frozen data that shares what did not change', () => {
    const session = createSession(rule, 1)
    session.edit(0, insert(0, 'one two three'))
    session.edit(0, mark(4, 3, 'bold', { weight: [700] }))
    const before = session.value(0)
    expect(before).toEqual({
      text: 'one two three',
      spans: [
        { text: 'one ', marks: {} },
        { text: 'two', marks: { bold: { weight: [700] } } },
        { text: ' three', marks: {} },
      ],
    })
    for (const part of [before, before.spans, before.spans[1], before.spans[1]?.marks]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
    session.edit(0, insert(13, '!'))
    const after = session.value(0)
    expect(after.spans[0]).toBe(before.spans[0])
    expect(after.spans[1]).toBe(before.spans[1])
    expect(after.spans[2]).not.toBe(before.spans[2])
    session.edit(0, insert(0, '!'))
    expect(session.value(0).spans.slice(1)).toEqual(after.spans.slice(1))
    expect(session.value(0).spans[1]).toBe(after.spans[1])
  })

  it('is empty at first', () => {
    expect(rule.value(rule.create())).toEqual({ text: '', spans: [] })
  })

  it('keeps its reference when a concurrent mark loses', () => {
    const session = two('word')
    session.edit(0, mark(0, 4, 'link', 'a'), 20)
    session.edit(1, mark(0, 4, 'link', 'b'), 10)
    session.send(0, 1)
    session.pull(0)
    const before = session.value(0)
    expect(show(before)).toBe('[word|link:a]')
    session.pull()
    expect(session.value(0)).toBe(before)
  })

  it('has marks of any name', () => {
    const odd = richText({ marks: Object.fromEntries([['__proto__', { expand: 'none' as const }]]) })
    const fold = new Fold(odd)
    const id = { replica: 'a'.repeat(32) as Parameters<typeof fold.applyOwn>[1]['replica'], nowMs: 0 }
    fold.prepare(odd.actions.insert(0, 'x'), { ...id, counter: 1 })
    fold.prepare(odd.actions.mark(0, 1, '__proto__'), { ...id, counter: 2 })
    expect(Object.entries(fold.value.spans[0]?.marks ?? {})).toEqual([['__proto__', true]])
  })
})

describe('a hub that was told nothing of marks', () => {
  it('folds them as their authors mean them', () => {
    const own = richText({ marks: { tone: { expand: 'both' }, note: { expand: 'none', multi: true } } })
    const [author, hub] = [new Fold(own), new Fold(rule)]
    const replica = 'a'.repeat(32) as Parameters<typeof author.applyOwn>[1]['replica']
    let counter = 1
    let seq = 0
    for (const intent of [
      own.actions.insert(0, 'abc'),
      own.actions.mark(1, 1, 'tone', 'low'),
      own.actions.mark(1, 2, 'note', 1),
      own.actions.mark(0, 2, 'note', 2),
      own.actions.insert(1, 'x'),
    ]) {
      const prepared = author.prepare(intent, { replica, counter, nowMs: 0 })
      if (!prepared) throw new Error('Nothing was made of an intent.')
      counter += prepared.op.count
      hub.receive({ ...prepared.op, seq: ++seq })
      author.receive({ ...prepared.op, seq })
    }
    expect(show(hub.value)).toBe('[a|note:2][x|note:2,tone:low][b|note:1+2,tone:low][c|note:1]')
    expect(hub.encodeState()).toEqual(author.encodeState())
  })
})

describe('options of a rich text', () => {
  it.each([
    { '': { expand: 'none' } },
    { ['x'.repeat(65)]: { expand: 'none' } },
    { 'a\nb': { expand: 'none' } },
    { bold: { expand: 'outwards' } },
    { bold: {} },
  ])('%j are refused', (marks) => {
    expect(() => richText({ marks: marks as unknown as typeof DEFAULT_MARK_TYPES })).toThrowError(
      expect.objectContaining({ code: 'config/invalid' }),
    )
  })
})
