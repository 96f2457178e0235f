import { describe, expect, it } from 'vitest'
import { textDocument } from '../tests/graph-document.js'
import type { GraphDocument, GraphSubject } from '../tests/graph-subject.js'
import { replicaId } from '../tests/graph-subject.js'
import { causalOrder, madeUpTrace, recordedTrace, typeTrace } from '../tests/graph-trace.js'
import type { GraphTrace } from '../tests/graph-trace.js'
import { Random } from '../tests/random.js'

function checkTrace<Document extends GraphDocument>(
  subject: GraphSubject<Document>,
  trace: GraphTrace,
): void {
  const { updates, documents } = typeTrace(subject, trace)
  const [first] = documents
  if (!first) throw new Error('Nobody typed.')
  const { value, version } = first
  if (trace.end !== undefined) expect([...value].sort().join('')).toBe([...trace.end].sort().join(''))
  for (const document of documents) {
    expect(document.value).toBe(value)
    expect(document.version).toEqual(version)
  }

  const whole = subject.create(replicaId(90))
  whole.merge(first.encodeSince([]))
  expect(whole.value).toBe(value)

  for (const [seed, stay] of [0, 0.5, 0.9, 0.99, 0.999].entries()) {
    const reader = subject.create(replicaId(100 + seed))
    for (const { bytes } of causalOrder(new Random(seed + 1), updates, stay)) reader.merge(bytes)
    expect(reader.value).toBe(value)
    expect(reader.version).toEqual(version)
  }
}

describe('people who type at once', () => {
  const recorded = recordedTrace()

  it(`all see the same in the end: ${recorded.name}`, { timeout: 60_000 }, () => {
    checkTrace(textDocument, recorded)
  })

  it('all see the same in the end when they are five', { timeout: 60_000 }, () => {
    checkTrace(textDocument, madeUpTrace(new Random(2), 3000, 5))
  })
})
