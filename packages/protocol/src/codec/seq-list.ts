import { MAX_ORDINAL } from '../limits.js'
import type { Codec } from './codec.js'
import { invalidValue, malformed } from './frame-reader.js'

interface Run {
  readonly first: number
  length: number
}

function runsOf(seqs: readonly number[]): Run[] {
  const runs: Run[] = []
  for (const seq of seqs) {
    if (!Number.isInteger(seq) || seq < 1 || seq > MAX_ORDINAL) throw invalidValue(`${seq} is no seq`)
    const last = runs.at(-1)
    if (last && seq === last.first + last.length) last.length++
    else runs.push({ first: seq, length: 1 })
  }
  return runs
}

/** Seqs in any order, as runs of consecutive ones: the answer to a push of a thousand ops takes a few bytes. */
export const seqList: Codec<readonly number[]> = {
  describe: 'seqs(runs varint; first varint, length varint)',
  write(writer, seqs) {
    const runs = runsOf(seqs)
    writer.varint(runs.length)
    for (const { first, length } of runs) {
      writer.varint(first)
      writer.varint(length)
    }
  },
  read(reader) {
    const seqs: number[] = []
    for (let runs = reader.listLength(MAX_ORDINAL); runs > 0; runs--) {
      const first = reader.varint(MAX_ORDINAL)
      const length = reader.varint(MAX_ORDINAL)
      if (first < 1 || length < 1 || first + length - 1 > MAX_ORDINAL)
        throw malformed('a run of seqs is out of range')
      if (first === (seqs.at(-1) ?? -1) + 1) throw malformed('a run of seqs is split')
      reader.claimItems(length)
      for (let index = 0; index < length; index++) seqs.push(first + index)
    }
    return seqs
  },
}
