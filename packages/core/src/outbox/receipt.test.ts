import { FlowSyncError } from '@flowsync/crdt'
import { describe, expect, it } from 'vitest'
import { createReceipt } from './receipt.js'

const refused = new FlowSyncError('op/invalid', 'No.')

describe('a receipt', () => {
  it('resolves, asked before or after', async () => {
    const receipt = createReceipt('1')
    const early = receipt.saved
    receipt.save()
    receipt.acknowledge(7)
    await early
    await receipt.saved
    expect(await receipt.acked).toEqual({ seq: 7 })
    expect(receipt.acked).toBe(receipt.acked)
  })

  it('rejects what is open, and keeps what was settled', async () => {
    const receipt = createReceipt('1')
    receipt.save()
    receipt.reject(refused)
    receipt.acknowledge(7)
    await receipt.saved
    await expect(receipt.acked).rejects.toBe(refused)
  })

  it('says that an edit will not be saved, and still follows it to the hub', async () => {
    const receipt = createReceipt('1')
    receipt.save(refused)
    receipt.acknowledge(3)
    await expect(receipt.saved).rejects.toBe(refused)
    expect(await receipt.acked).toEqual({ seq: 3 })
  })

  it('never causes an unhandled rejection', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', note)
    const [unseen, seen] = [createReceipt('1'), createReceipt('2')]
    void seen.saved
    void seen.acked
    unseen.reject(refused)
    seen.reject(refused)
    await new Promise((resolve) => setImmediate(resolve))
    process.removeListener('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})
