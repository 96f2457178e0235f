import { json } from '@sveltejs/kit'
import { hubUrl } from '#lib/server/hub.ts'
import type { RequestHandler } from './$types'

export const GET: RequestHandler = ({ locals }) => json({ user: locals.user, hubUrl: hubUrl() })
