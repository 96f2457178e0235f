import { building } from '$app/env'
import { readSession } from '#lib/server/session.ts'
import type { Handle } from '@sveltejs/kit/hooks'

export const handle: Handle = async ({ event, resolve }) => {
  event.locals.user = building ? null : await readSession(event.cookies)
  return resolve(event)
}
