// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import { createField } from '../tests/field-person.js'
import { World } from '../tests/world.js'
import { createTextField } from './create-text-field.js'

afterEach(() => document.body.replaceChildren())

async function open() {
  const world = new World()
  const client = await world.liveClient()
  const doc = client.stream('doc:a')
  await doc.insert(0, 'one two').acked
  const field = createField('one two')
  return { client, doc, field }
}

/** What a handler of a field's event throws. */
function thrownBy(field: HTMLElement, handle: () => void): unknown {
  let thrown: unknown
  field.addEventListener('input', (event) => {
    // Browsers say which event is being handled.
    Object.defineProperty(globalThis, 'event', { value: event, configurable: true })
    try {
      handle()
    } catch (error) {
      thrown = error
    } finally {
      Reflect.deleteProperty(globalThis, 'event')
    }
  })
  field.dispatchEvent(new Event('input'))
  return thrown
}

describe('an event of a field', () => {
  it('may not replace a whole text, and the error names the right way', async () => {
    const { client, doc, field } = await open()
    const error = thrownBy(field, () => doc.replace(0, doc.value.length, field.value))
    expect(error).toMatchObject({ code: 'op/invalid-intent' })
    expect(String(error)).toContain('SharedTextarea')
    expect(thrownBy(field, () => doc.delete(0, doc.value.length))).toMatchObject({
      code: 'op/invalid-intent',
    })
    expect(doc.value).toBe('one two')
    await client.close()
  })

  it('may replace it in a bound field, where a person selected all and typed', async () => {
    const { client, doc, field } = await open()
    createTextField(doc).attach(field)
    const error = thrownBy(field, () => doc.replace(0, doc.value.length, 'x'))
    expect([error, doc.value]).toEqual([undefined, 'x'])
    await client.close()
  })

  it('of another kind may: a template that a person chose', async () => {
    const { client, doc } = await open()
    const select = document.createElement('select')
    select.innerHTML = '<option>a template</option>'
    document.body.append(select)
    expect(thrownBy(select, () => doc.replace(0, doc.value.length, select.value))).toBeUndefined()
    expect(doc.value).toBe('a template')
    await client.close()
  })

  it('may edit a part, and a program the whole', async () => {
    const { client, doc, field } = await open()
    expect(thrownBy(field, () => doc.replace(0, 3, '1'))).toBeUndefined()
    doc.replace(0, doc.value.length, 'formatted')
    expect(doc.value).toBe('formatted')
    await client.close()
  })
})
