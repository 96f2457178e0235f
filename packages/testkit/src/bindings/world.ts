import { createClient, type ClientOptions, type DehydratedState, type FlowSyncClient } from '@flowsync/core'
import { memory } from '@flowsync/core/memory'
import { ScriptedHub } from './scripted-hub.js'
import { bindingStreams, type BindingStreams } from './streams.js'
import { TestClock } from './test-clock.js'

/** The shortest time that passes while a condition is awaited. */
const stepMs = 10
const patienceSteps = 2_000

/** What differs between the clients of a test. */
export interface ClientSetup {
  readonly hydrate?: DehydratedState
  /** Default true. */
  readonly connect?: boolean
}

/** A hub, a clock and clients for one test. */
export class BindingWorld {
  readonly clock = new TestClock()
  readonly hub = new ScriptedHub(bindingStreams, this.clock.system)
  private readonly clients: FlowSyncClient<BindingStreams>[] = []

  /** The options of a client of the hub, with storage in memory. */
  options(): ClientOptions<BindingStreams> {
    return {
      url: 'http://hub.invalid',
      streams: bindingStreams,
      token: () => 'token',
      subject: 'alice',
      storage: memory(),
      transport: this.hub.transport,
      system: this.clock.system,
    }
  }

  /** Such a client, closed by {@link end}. */
  client({ hydrate, connect = true }: ClientSetup = {}): FlowSyncClient<BindingStreams> {
    const client = createClient({ ...this.options(), connect })
    if (hydrate !== undefined) client.hydrate(hydrate)
    this.clients.push(client)
    return client
  }

  /** Lets time pass, on the clock and in promises and frameworks, until `isTrue`. */
  async until(isTrue: () => boolean, what: string): Promise<void> {
    for (let step = 0; step < patienceSteps; step++) {
      if (isTrue()) return
      await this.pass(stepMs)
    }
    throw new Error(`It never came to this: ${what}`)
  }

  /** Lets `ms` of the clock's time pass, timer by timer, and whatever follows from each. */
  async pass(ms: number): Promise<void> {
    await turn()
    for (let leftMs = ms; leftMs > 0;) {
      const forwardMs = Math.min(leftMs, this.clock.idleMs)
      this.clock.advance(forwardMs)
      leftMs -= forwardMs
      await turn()
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()))
  }
}

/** One turn of the event loop: promises and what frameworks put off have run. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0)
  })
}
