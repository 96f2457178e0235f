import { describe, expect, it } from 'vitest'
import type { ReplicaId } from '../op.js'
import { deflate, inflate } from './deflate.js'
import { TextDocument } from './text-document.js'

const replica = (digit: string) => digit.repeat(32) as ReplicaId
const malformed = expect.objectContaining({ code: 'codec/malformed' }) as Error

describe('deflating', () => {
  it('makes a saved document smaller and gives it back', async () => {
    const document = new TextDocument(replica('a'))
    for (let line = 0; line < 500; line++) document.insert(document.length, `line ${line}\n`)
    const saved = document.save()
    const deflated = await deflate(saved)
    expect(deflated.length).toBeLessThan(saved.length / 2)
    expect(TextDocument.load(await inflate(deflated), replica('b')).value).toBe(document.value)
    expect(await inflate(await deflate(new Uint8Array()))).toEqual(new Uint8Array())
  })

  it.each([
    ['nothing', []],
    ['no deflated bytes', [255, 255, 255]],
    ['half of them', [75]],
  ])('refuses %s', async (_name, bytes) => {
    await expect(inflate(Uint8Array.from(bytes))).rejects.toThrow(malformed)
  })

  it('gives up on what grows beyond its limit', async () => {
    const bomb = await deflate(new Uint8Array(5_000_000))
    expect(bomb.length).toBeLessThan(10_000)
    await expect(inflate(bomb, 1_000_000)).rejects.toThrow(malformed)
    expect((await inflate(bomb)).length).toBe(5_000_000)
  })
})
