import { deflateRawSync, gzipSync } from 'node:zlib'
import { Alive, expectSame, timed, type Benchmark } from '../benchmark.js'
import type { MapPeer } from '../peer.js'

const KEYS = 100_000
const FEW_KEYS = 1_000

const keyOf = (index: number) => `key${index}`
/** In no order, so that compression finds no pattern that a real map would not have. */
const valueOf = (index: number) => (Math.imul(index + 1, 0x9e3779b1) >>> 0) % 100_000

function expectFilled(map: MapPeer<unknown>, doc: unknown, count: number): void {
  expectSame('size', map.size(doc), count)
  expectSame('value', map.get(doc, keyOf(count - 1)), valueOf(count - 1))
}

/** Sets keys one by one, or by the thousand where that is the only way. */
function fill(map: MapPeer<unknown>, doc: unknown, count: number, keys: number): void {
  const entries = Array.from({ length: count }, (_, index) => [keyOf(index % keys), valueOf(index)] as const)
  if (!map.setMany) for (const [key, value] of entries) map.set(doc, key, value)
  else for (let start = 0; start < count; start += keys) map.setMany(doc, entries.slice(start, start + keys))
}

/** Many keys set, one call each. */
export const mapMade: Benchmark<'map'> = {
  name: 'map-made',
  of: 'map',
  prepare(map, { name, limit }) {
    const count = limit(KEYS)
    const alive = new Alive(map)
    return {
      edits: count,
      run() {
        const doc = map.create(name(0))
        const ms = timed(() => {
          for (let index = 0; index < count; index++) map.set(doc, keyOf(index), valueOf(index))
        })
        expectFilled(map, doc, count)
        alive.keep(doc)
        return { ms }
      },
    }
  },
}

/** Many keys set, an update made of each and applied to a second document at once. */
export const mapApplied: Benchmark<'map'> = {
  name: 'map-applied',
  of: 'map',
  prepare(map, { name, limit }) {
    const count = limit(KEYS)
    const alive = new Alive(map)
    return {
      edits: count,
      run() {
        const author = map.create(name(0))
        const reader = map.create(name(1))
        const sender = map.sender(author)
        const receive = map.receiver(reader)
        let bytes = 0
        const ms = timed(() => {
          for (let index = 0; index < count; index++) {
            map.set(author, keyOf(index), valueOf(index))
            const update = sender.take()
            bytes += update.length
            receive(update)
          }
        })
        expectFilled(map, author, count)
        expectFilled(map, reader, count)
        alive.keep(author, reader)
        return { ms, bytes: bytes / count }
      },
    }
  },
}

/** Many keys in one document: its size saved. */
export const mapSaved: Benchmark<'map'> = {
  name: 'map-saved',
  of: 'map',
  isExact: true,
  prepare(map, { name, limit }) {
    const count = limit(KEYS)
    return {
      edits: count,
      run() {
        const doc = map.create(name(0))
        fill(map, doc, count, KEYS)
        const bytes = map.save(doc)
        expectFilled(map, map.load(bytes, name(1)), count)
        return { bytes: bytes.length, gzipped: Math.min(bytes.length, gzipSync(bytes, { level: 9 }).length) }
      },
    }
  },
}

/** Many keys in one document: its size in memory. */
export const mapMemory: Benchmark<'map'> = {
  name: 'map-memory',
  of: 'map',
  measures: 'memory',
  prepare(map, { name, limit, memory }) {
    const count = limit(KEYS)
    return {
      edits: count,
      run() {
        // A small one first brings in code and tables that every document shares.
        const small = map.create(name(0))
        fill(map, small, 100, KEYS)
        const before = memory()
        const doc = map.create(name(1))
        fill(map, doc, count, KEYS)
        map.settle?.(doc)
        const after = memory()
        expectFilled(map, doc, count)
        expectSame('size', map.size(small), 100)
        return { bytes: after - before }
      },
    }
  },
}

/** Few keys written over and over: the size saved. */
export const mapOverwrites: Benchmark<'map'> = {
  name: 'map-overwrites',
  of: 'map',
  isExact: true,
  prepare(map, { name, limit }) {
    const count = limit(KEYS)
    const keys = Math.min(FEW_KEYS, count / 10)
    return {
      edits: count,
      run() {
        const doc = map.create(name(0))
        fill(map, doc, count, keys)
        const bytes = map.save(doc)
        const loaded = map.load(bytes, name(1))
        expectSame('size', map.size(loaded), keys)
        expectSame('value', map.get(loaded, keyOf(keys - 1)), valueOf(count - 1))
        return {
          bytes: bytes.length,
          deflated: Math.min(bytes.length, deflateRawSync(bytes, { level: 9 }).length),
        }
      },
    }
  },
}
