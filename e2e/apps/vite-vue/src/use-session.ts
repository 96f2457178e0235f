import { readonly, ref } from 'vue'
import type { Session, User } from './session'

async function request<Answer>(path: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(path, init)
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Answer
}

const signedIn = ref<User | null>(null)

/** The signed-in user. */
export const user = readonly(signedIn)

/** Asks the server who is signed in. Returns where the hub is. */
export async function loadSession(): Promise<string> {
  const session = await request<Session>('/api/session')
  signedIn.value = session.user
  return session.hubUrl
}

export async function signIn(name: string): Promise<void> {
  signedIn.value = await request<User>('/api/sign-in', { method: 'POST', body: JSON.stringify({ name }) })
}

export async function signOut(): Promise<void> {
  await request('/api/sign-out', { method: 'POST' })
  signedIn.value = null
}
