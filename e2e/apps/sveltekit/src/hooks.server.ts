import { building } from '$app/env'
import { readUser } from '#lib/server/session.ts'
import type { Handle } from '@sveltejs/kit/hooks'

export const handle: Handle = ({ event, resolve }) => {
  event.locals.user = building ? null : readUser(event.cookies)
  return resolve(event)
}
