import assert from 'node:assert/strict'
import type { LogDriver } from '@flowsync/hub'
import { appendCases } from './append-cases.js'
import { checkCrash } from './crash-case.js'
import { historyCases } from './history-cases.js'
import type { LogDriverCase, LogStore } from './log-driver-store.js'
import { runModel } from './model-run.js'
import { readCases } from './read-cases.js'
import { checkReopen, finishesBeforeItCloses } from './reopen-cases.js'
import { restoreCases } from './restore-cases.js'
import { sharedCases } from './shared-cases.js'

/** What a case does with the store: opens drivers on it, and leaves them behind as a crash would. */
interface StoreInUse {
  readonly open: () => Promise<LogDriver>
  readonly leave: (driver: LogDriver) => Promise<void>
}

type StoreCheck = (store: StoreInUse) => Promise<void>

const MODEL_CALLS = 250

const storeCases: Readonly<Record<string, StoreCheck>> = {
  'finds everything again after it was closed': ({ open }) => checkReopen(open, (driver) => driver.close()),
  'finds everything again after a crash': ({ open, leave }) => checkReopen(open, leave),
  'finishes what was appended before it closes': ({ open }) => finishesBeforeItCloses(open),
  'keeps what it acknowledged, and batches whole, when it crashes in the middle': ({ open, leave }) =>
    checkCrash(open, leave),
  'answers as arrays would, whatever is called': async ({ open }) => {
    const driver = await open()
    await runModel('one driver', MODEL_CALLS, async () => driver)
  },
  'answers as arrays would, reopened now and then': async ({ open, leave }) => {
    let driver = await open()
    await runModel('reopened', MODEL_CALLS, async (random) => {
      if (!random.chance(0.02)) return driver
      await (random.chance(0.5) ? driver.close() : leave(driver))
      driver = await open()
      return driver
    })
  },
}

const sharedStoreCases: Readonly<Record<string, StoreCheck>> = {
  'makes an empty store ready when several drivers open it at once': async ({ open }) => {
    const drivers = await Promise.all([open(), open(), open(), open()])
    const creation = { workspace: 'acme', stream: 'doc:a', rule: 'text', ruleVersion: 1 }
    const heads = await Promise.all(drivers.map((driver) => driver.openStream(creation)))
    for (const head of heads) assert.deepEqual(head, heads[0])
  },
  'answers as arrays would, whichever driver is asked': async ({ open }) => {
    const drivers = await Promise.all([open(), open(), open()])
    await runModel('three drivers', MODEL_CALLS, async (random) => random.pick(drivers))
  },
}

/**
 * What every `LogDriver` must do; run all of it against each implementation. Where the store is shared, that is
 * more: several drivers are open on it at once.
 *
 * ```ts
 * describe('my driver', () => {
 *   for (const { name, check } of logDriverCases(createStore)) it(name, check)
 * })
 * ```
 * @param createStore makes an empty store; called once per case
 * @param options.isShared whether its stores are: see {@link LogStore}
 */
export function logDriverCases(
  createStore: () => Promise<LogStore>,
  { isShared = false }: { readonly isShared?: boolean } = {},
): readonly LogDriverCase[] {
  const cases: Record<string, StoreCheck> = { ...storeCases }
  for (const [name, check] of Object.entries({
    ...appendCases,
    ...readCases,
    ...historyCases,
    ...restoreCases,
  })) {
    cases[name] = async ({ open }) => check(await open())
  }
  if (isShared) {
    Object.assign(cases, sharedStoreCases)
    for (const [name, check] of Object.entries(sharedCases)) {
      cases[name] = async ({ open }) => check(await Promise.all([open(), open(), open()]))
    }
  }
  return Object.entries(cases).map(([name, check]) => ({ name, check: () => inStore(createStore, check) }))
}

async function inStore(createStore: () => Promise<LogStore>, check: StoreCheck): Promise<void> {
  const store = await createStore()
  const drivers: LogDriver[] = []
  const open = async (): Promise<LogDriver> => {
    const driver = store.driver()
    drivers.push(driver)
    await driver.open()
    return driver
  }
  try {
    await check({ open, leave: (driver) => (store.abandon ? store.abandon(driver) : driver.close()) })
  } finally {
    for (const driver of drivers) await driver.close()
    await store.dispose()
  }
}
