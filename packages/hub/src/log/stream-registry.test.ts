import { expect, it } from 'vitest'
import { memory } from '../storage/memory/memory.js'
import { streams } from '../tests/engine-world.js'
import { StreamRegistry } from './stream-registry.js'

const REMEMBERED = 50_000

it('forgets what was longest not used, never what is', async () => {
  const storage = memory()
  await storage.open()
  const registry = new StreamRegistry(storage, streams)
  const open = (stream: string) => registry.open({ workspace: 'acme', stream })
  const [used, unused] = [await open('note:used'), await open('note:unused')]
  for (let number = 0; number < REMEMBERED; number++) {
    await open(`note:${number}`)
    if (number % 1_000 === 0) expect(await open('note:used')).toBe(used)
  }
  expect(await open('note:used'), 'whoever has it open and whoever opens it have the same').toBe(used)
  expect(await open('note:unused')).not.toBe(unused)
  await storage.close()
})
