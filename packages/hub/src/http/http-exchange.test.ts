import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { HttpExchange } from './http-exchange.js'

it('an answer that cannot be written is refused, and leaves nobody waiting', () => {
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  const exchange = new HttpExchange(request, response)
  let thrown: unknown
  try {
    exchange.answer(200, { value: 1n })
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(TypeError)
  expect(response.headersSent).toBe(false)
  exchange.refuse(thrown)
  expect(response.statusCode).toBe(500)
  expect(response.writableEnded).toBe(true)
})
