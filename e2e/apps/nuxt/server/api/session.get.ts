import type { Session } from '~~/shared/session'

export default defineEventHandler((event): Session => ({ user: currentUser(event), hubUrl: hubUrl() }))
