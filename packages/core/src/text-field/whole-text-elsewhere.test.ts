// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import { World } from '../tests/world.js'

it.each(['select', 'checkbox', 'radio', 'range'])(
  'a %s, which holds no text, may replace a whole text',
  async (kind) => {
    const world = new World()
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await doc.insert(0, 'one two').acked
    const control = document.createElement(kind === 'select' ? 'select' : 'input')
    if (control instanceof HTMLInputElement) control.type = kind
    document.body.append(control)
    let thrown: unknown
    control.addEventListener('change', (event) => {
      // Browsers say which event is being handled.
      Object.defineProperty(globalThis, 'event', { value: event, configurable: true })
      try {
        doc.replace(0, doc.value.length, 'from a template')
      } catch (error) {
        thrown = error
      } finally {
        Reflect.deleteProperty(globalThis, 'event')
      }
    })
    control.dispatchEvent(new Event('change', { bubbles: true }))
    expect([thrown, doc.value]).toEqual([undefined, 'from a template'])
    control.remove()
    await client.close()
  },
)
