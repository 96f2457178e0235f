import { redirect } from 'next/navigation'
import { Logo } from '@/components/logo'
import { SignInForm } from '@/components/sign-in-form'
import { currentUser } from '@/lib/auth'

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string }> }) {
  const { next } = await searchParams
  // Only paths of this site: another host must not be reached through a link to here.
  const target = next && /^\/d\/[\w-]+$/.test(next) ? next : '/d/welcome'
  if (await currentUser()) redirect(target)
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Logo />
        <h1>Write together, even offline</h1>
        <p>
          Open this page in two windows. What you type in one appears in the other, and what you type without
          a connection is kept and merged later.
        </p>
        <SignInForm target={target} />
      </div>
    </main>
  )
}
