import type { Session, User } from '~~/shared/session'

/** The signed-in user and the hub's address: read by the server, sent along, changed without a page load. */
export function useAuth() {
  const session = useState<Session>('session', () => ({ user: null, hubUrl: 'http://127.0.0.1:8765' }))
  const user = computed(() => session.value.user)

  async function refresh(): Promise<void> {
    session.value = await useRequestFetch()<Session>('/api/session')
  }

  async function signIn(name: string): Promise<void> {
    const signedIn = await $fetch<User>('/api/sign-in', { method: 'POST', body: { name } })
    session.value = { ...session.value, user: signedIn }
  }

  async function signOut(): Promise<void> {
    await $fetch('/api/sign-out', { method: 'POST' })
    session.value = { ...session.value, user: null }
  }

  return { session, user, refresh, signIn, signOut }
}
