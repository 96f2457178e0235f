// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { createField, createSharedText } from '../tests/field-person.js'
import { VirtualSystem } from '../tests/virtual-system.js'
import { bindTextField } from './bind-text-field.js'

afterEach(() => document.body.replaceChildren())

it.each(['in a shadow tree', 'whose event the page stops'])(
  'a form reset is taken back: %s',
  async (place) => {
    const system = new VirtualSystem()
    const field = createField('')
    const { form } = field
    if (!form) throw new Error('There is no form')
    if (place === 'in a shadow tree') {
      const host = document.createElement('div')
      document.body.append(host)
      host.attachShadow({ mode: 'open' }).append(form)
    } else {
      form.addEventListener('reset', (event) => event.stopPropagation())
    }
    bindTextField(field, createSharedText('shared', 'doc:a').text, { system })
    form.reset()
    await system.advance(0)
    expect(field.value).toBe('shared')
  },
)
