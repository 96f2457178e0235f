import { hubUrl } from '#lib/server/environment.ts'
import type { LayoutServerLoad } from './$types'

/** Pages below are rendered for the user who asks. */
export const load: LayoutServerLoad = ({ locals }) => ({
  session: { user: locals.user, hubUrl: hubUrl() },
})
