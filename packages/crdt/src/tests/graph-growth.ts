import { Random } from './random.js'
import { replicaId } from './graph-subject.js'
import type { GraphDocument, GraphSubject } from './graph-subject.js'

/** Makes an update of about n ops whose merging could take n steps for each of them. */
type Shape = <Document extends GraphDocument>(subject: GraphSubject<Document>, n: number) => Uint8Array

/** Shapes of history that are the worst for one way or another to merge. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  'everybody types one letter, knowing nobody': (subject, n) => {
    const all = subject.create(replicaId(0))
    for (let index = 1; index <= n / 8; index++) {
      const one = subject.create(replicaId(index))
      one.insert(0, 'x')
      all.merge(one.encodeSince([]))
    }
    return all.encodeSince([])
  },
  'everybody types one letter on the same text, then one merges all, over and over': (subject, n) => {
    const all = subject.create(replicaId(0))
    const others = Array.from({ length: Math.ceil(Math.sqrt(n / 8)) }, (_, index) =>
      subject.create(replicaId(index + 1)),
    )
    for (const _ of others) {
      const { version } = all
      for (const other of others) {
        other.merge(all.encodeSince(other.version))
        other.insert(other.length >> 1, 'x')
      }
      for (const other of others) all.merge(other.encodeSince(version))
      all.insert(0, 'y')
    }
    return all.encodeSince([])
  },
  'two offline branches at places by chance': (subject, n) => twoBranches(subject, n, n),
  'two who see each other after each letter': (subject, n) => twoBranches(subject, n, 1),
  'two who see each other now and then': (subject, n) => twoBranches(subject, n, 20),
  'two branches that a third one hears of in turn': (subject, n) => {
    const all = subject.create(replicaId(0))
    const people = [subject.create(replicaId(1)), subject.create(replicaId(2))]
    for (let index = 0; index < n / 2; index++) {
      for (const person of people) {
        const { version } = person
        person.insert((index * 7) % (person.length + 1), 'x')
        all.merge(person.encodeSince(version))
      }
    }
    return all.encodeSince([])
  },
  'one who writes at places by chance': (subject, n) => {
    const random = new Random(1)
    const document = subject.create(replicaId(0))
    for (let index = 0; index < n; index++) document.insert(random.below(document.length + 1), 'x')
    return document.encodeSince([])
  },
  'one who deletes every other letter, while another one deletes them all one by one': (subject, n) => {
    const one = subject.create(replicaId(0))
    const other = subject.create(replicaId(1))
    one.insert(0, 'ab'.repeat(n / 4))
    other.merge(one.encodeSince([]))
    for (let index = 0; index < n / 4; index++) one.delete(index, 1)
    while (other.length > 0) other.delete(other.length >> 1, 1)
    one.merge(other.encodeSince([]))
    return one.encodeSince([])
  },
  'two who type backwards in the same place': (subject, n) => {
    const one = subject.create(replicaId(0))
    const other = subject.create(replicaId(1))
    for (let index = 0; index < n / 2; index++) {
      one.insert(0, 'x')
      other.insert(0, 'y')
    }
    one.merge(other.encodeSince([]))
    return one.encodeSince([])
  },
}

function twoBranches<Document extends GraphDocument>(
  subject: GraphSubject<Document>,
  n: number,
  round: number,
): Uint8Array {
  const random = new Random(1)
  const one = subject.create(replicaId(0))
  const other = subject.create(replicaId(1))
  for (let done = 0; done < n; done += round) {
    for (let index = 0; index < round / 2; index++) {
      one.insert(random.below(one.length + 1), 'x')
      other.insert(random.below(other.length + 1), 'y')
    }
    const { version } = other
    other.merge(one.encodeSince(version))
    one.merge(other.encodeSince(one.version))
  }
  return one.encodeSince([])
}
