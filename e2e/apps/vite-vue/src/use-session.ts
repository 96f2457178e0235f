import { readonly, ref } from 'vue'
import type { Session, User } from './session'

const signedIn = ref<User | null>(null)

/** Who is signed in. */
export const user = readonly(signedIn)

/** Asks the server who is signed in. Returns where the hub is. */
export async function loadSession(): Promise<string> {
  const response = await fetch('/api/session')
  const session = (await response.json()) as Session
  signedIn.value = session.user
  return session.hubUrl
}

export async function signIn(name: string): Promise<void> {
  const response = await fetch('/api/sign-in', { method: 'POST', body: JSON.stringify({ name }) })
  signedIn.value = (await response.json()) as User
}

export async function signOut(): Promise<void> {
  await fetch('/api/sign-out', { method: 'POST' })
  signedIn.value = null
}
