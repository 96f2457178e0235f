import { clientStorageCases } from '@flowsync/testkit'
import { describe, it } from 'vitest'
import { memory } from './memory.js'

describe('memory storage', () => {
  for (const { name, check } of clientStorageCases(() => memory())) it(name, check)
})
