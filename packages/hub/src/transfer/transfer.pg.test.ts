import { expect, it } from 'vitest'
import { memory } from '../storage/memory/memory.js'
import { postgres } from '../storage/postgres/postgres.js'
import { createSchema } from '../tests/postgres-schema.js'
import { contentOf, fillWorkspace, moveWorkspace } from '../tests/stored-workspace.js'

it('moves a workspace to PostgreSQL and back as it is', async () => {
  const { target, drop } = createSchema()
  const [from, there, back] = [memory(), postgres(target), memory()]
  for (const driver of [from, there, back]) await driver.open()
  try {
    await fillWorkspace(from, 'acme')
    await moveWorkspace(from, there, 'acme')
    expect(await contentOf(there, 'acme')).toEqual(await contentOf(from, 'acme'))
    await moveWorkspace(there, back, 'acme')
    expect(await contentOf(back, 'acme')).toEqual(await contentOf(from, 'acme'))
  } finally {
    for (const driver of [from, there, back]) await driver.close()
    await drop()
  }
}, 60_000)
