import { building } from '$app/env'
import { hubUrl } from '#lib/server/hub.ts'
import type { LayoutServerLoad } from './$types'

/** Whose page this is; a prerendered page is the same for everybody. */
export const load: LayoutServerLoad = ({ locals }) => ({
  session: building ? null : { user: locals.user, hubUrl: hubUrl() },
})
