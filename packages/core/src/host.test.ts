import { describe, expect, it } from 'vitest'
import { createHost } from './host.js'

/** Web Locks of one browser, as far as `ifAvailable` goes. */
class FakeLocks {
  private readonly held = new Set<string>()
  request(
    name: string,
    _options: unknown,
    use: (lock: object | null) => Promise<void> | undefined,
  ): Promise<void> {
    const isFree = !this.held.has(name)
    if (isFree) this.held.add(name)
    return Promise.resolve(use(isFree ? {} : null)).then(() => void (isFree && this.held.delete(name)))
  }
}

describe('createHost', () => {
  it('claims a name for one tab at a time', async () => {
    const navigator = { locks: new FakeLocks() as unknown as LockManager }
    const tabs = [createHost({ document: {}, navigator }), createHost({ document: {}, navigator })] as const
    const claim = await tabs[0].claim('a')
    expect(claim).toBeDefined()
    expect(await tabs[1].claim('a')).toBeUndefined()
    expect(await tabs[1].claim('b')).toBeDefined()
    await claim?.release()
    expect(await tabs[1].claim('a')).toBeDefined()
  })

  it('lets every claim succeed where locks may not be used', async () => {
    const request = (): Promise<never> => Promise.reject(new DOMException('opaque origin', 'SecurityError'))
    const host = createHost({ document: {}, navigator: { locks: { request } as unknown as LockManager } })
    expect(await host.claim('a')).toBeDefined()
    expect(await createHost({ document: {} }).claim('a')).toBeDefined()
  })

  it('passes on what the browser knows of the network', () => {
    const target = new EventTarget()
    const navigator = { onLine: false }
    const host = createHost({
      document: {},
      navigator,
      addEventListener: target.addEventListener.bind(target),
      removeEventListener: target.removeEventListener.bind(target),
    })
    let changes = 0
    const stop = host.onNetworkChange(() => changes++)
    expect([host.isBrowser, host.isOnline()]).toEqual([true, false])
    navigator.onLine = true
    target.dispatchEvent(new Event('online'))
    expect([host.isOnline(), changes]).toEqual([true, 1])
    stop()
    target.dispatchEvent(new Event('offline'))
    expect(changes).toBe(1)
  })

  it('tells when a hidden page is looked at again', () => {
    const target = new EventTarget()
    const document = {
      visibilityState: 'hidden',
      addEventListener: target.addEventListener.bind(target),
      removeEventListener: target.removeEventListener.bind(target),
    }
    let looks = 0
    const stop = createHost({ document }).onVisible?.(() => looks++)
    target.dispatchEvent(new Event('visibilitychange'))
    expect(looks).toBe(0)
    document.visibilityState = 'visible'
    target.dispatchEvent(new Event('visibilitychange'))
    stop?.()
    target.dispatchEvent(new Event('visibilitychange'))
    expect(looks).toBe(1)
  })

  it('takes Node for a place with network and without tabs', async () => {
    const host = createHost()
    expect([host.isBrowser, host.isOnline()]).toEqual([false, true])
    host.onNetworkChange(() => undefined)()
    expect(await host.claim('a')).toBeDefined()
    expect(await host.claim('a')).toBeDefined()
  })

  it('knows a worker', () => {
    expect(createHost({ WorkerGlobalScope: {} }).isBrowser).toBe(true)
  })
})
