import type { ReplicaId } from '@flowsync/crdt'
import { describe, expect, it, vi } from 'vitest'
import { settle, VirtualSystem } from '../tests/virtual-system.js'
import type { ClientStorage } from './driver.js'
import { Journal } from './journal.js'
import { memory } from './memory.js'
import { wiped } from './wiped.js'

const owner = '1'.repeat(32) as ReplicaId
const scope = { workspace: 'default', subject: 'alice' }

function entry(counter: number, onSaved: (error?: Error) => void) {
  const op = { replica: owner, counter, count: 1, base: 0, extra: [], body: new Uint8Array() }
  return { stream: 'doc:a', owner, order: counter, op, onSaved }
}

describe('a journal whose data was wiped', () => {
  it('writes nothing back, neither what failed nor what came later', async () => {
    const system = new VirtualSystem()
    const disk = memory()
    const open = vi.fn(disk.open)
    const storage: ClientStorage = { ...disk, open }
    const onWiped = vi.fn()
    const journal = new Journal(storage, scope, system, { onHealth: () => undefined, onWiped })
    const saved = vi.fn()
    journal.stage().addOp(entry(1, saved))
    await journal.flush()
    expect(saved).toHaveBeenLastCalledWith()
    await disk.wipe(scope)
    for (const counter of [2, 3]) {
      journal.stage().addOp(entry(counter, saved))
      await journal.flush()
      await settle()
    }
    expect(saved).toHaveBeenCalledWith(wiped())
    expect(onWiped).toHaveBeenCalled()
    await system.advance(120_000)
    await journal.close()
    expect(open).toHaveBeenCalledTimes(1)
    const [left] = await (await disk.open(scope)).load(['doc:a'])
    expect(left?.outbox).toEqual([])
    expect(system.timerCount).toBe(0)
  })
})
