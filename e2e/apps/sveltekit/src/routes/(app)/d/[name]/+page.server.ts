import { firstPaint } from '#lib/server/hub.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, fetch }) => {
  const names = ['doc', 'title', 'votes', 'tasks'].map((kind) => `${kind}:${params.name}`)
  return { name: params.name, flowsync: await firstPaint(locals.user, names, fetch) }
}
