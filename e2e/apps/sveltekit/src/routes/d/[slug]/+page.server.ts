import { firstPaint } from '#lib/server/hub.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, fetch }) => {
  const { slug } = params
  const names = [`doc:${slug}`, `doc:${slug}-line`, `title:${slug}`, `votes:${slug}`, `tasks:${slug}`]
  return { flowsync: await firstPaint(locals.user, names, fetch) }
}
