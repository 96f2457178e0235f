import { createClient, type DehydratedState, type FlowSyncClient } from '@flowsync/core'
import { ScriptedHub } from './scripted-hub.js'
import { bindingStreams, type BindingStreams } from './streams.js'
import { TestClock } from './test-clock.js'

/** A step of the clock: shorter than everything that a client waits for. */
const stepMs = 10
const patienceSteps = 2_000

/** A hub, a clock and clients for one test. */
export class BindingWorld {
  readonly clock = new TestClock()
  readonly hub = new ScriptedHub(bindingStreams, this.clock.system)
  private readonly clients: FlowSyncClient<BindingStreams>[] = []

  /** A client of the hub with storage in memory. */
  client(options: { hydrate?: DehydratedState; connect?: boolean } = {}): FlowSyncClient<BindingStreams> {
    const client = createClient({
      url: 'http://hub.invalid',
      streams: bindingStreams,
      token: () => 'token',
      subject: 'alice',
      transport: this.hub.transport,
      system: this.clock.system,
      connect: options.connect ?? true,
    })
    if (options.hydrate !== undefined) client.hydrate(options.hydrate)
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

  /** Lets `ms` of the clock's time pass, and whatever follows from it. */
  async pass(ms: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
      await turn()
      this.clock.advance(stepMs)
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
