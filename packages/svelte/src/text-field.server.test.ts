import { createClient } from '@flowsync/core'
import { memory } from '@flowsync/core/memory'
import { bindingStreams } from '@flowsync/testkit/bindings'
import { expect, it } from 'vitest'
import { renderField } from './tests/server-render.js'

it('a server renders the text into the field, and opens nothing', async () => {
  const author = createClient({
    url: 'http://hub.invalid',
    streams: bindingStreams,
    subject: 'alice',
    token: () => null,
    storage: memory(),
    connect: false,
  })
  await author.stream('doc:a').insert(0, '</textarea><b>served</b>').saved
  const html = renderField({ client: author, name: 'doc:a' })
  // First renders show what a server fetched, which is nothing here.
  expect(html).toMatch(/<textarea[^>]*><\/textarea>/)
  await author.close()
})
