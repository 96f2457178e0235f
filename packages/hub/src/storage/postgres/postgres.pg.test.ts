import { logDriverCases } from '@flowsync/testkit'
import { describe, it } from 'vitest'
import { createSchema } from '../../tests/postgres-schema.js'
import { postgres } from './postgres.js'

describe('postgres driver', () => {
  const createStore = async () => {
    const { target, drop } = createSchema()
    return { driver: () => postgres(target), dispose: drop }
  }
  for (const { name, check } of logDriverCases(createStore, { isShared: true })) it(name, check)
})
