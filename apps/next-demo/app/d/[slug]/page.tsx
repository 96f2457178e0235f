import type { Metadata } from 'next'
import { notFound, redirect } from 'next/navigation'
import { createHubToken, tryGetServerData, type DehydratedState } from '@flowsync/next'
import { counterNames } from '@/lib/counters'
import { Workspace } from '@/components/workspace'
import { currentUser, grantsOf } from '@/lib/auth'
import { hubSecret, hubUrl } from '@/lib/environment'
import type { DemoUser } from '@/lib/user'

type Props = { params: Promise<{ slug: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).slug }
}

export default async function DocumentPage({ params }: Props) {
  const { slug } = await params
  if (!/^[\w-]{1,60}$/.test(slug)) notFound()
  const user = await currentUser()
  if (!user) redirect(`/?next=/d/${slug}`)
  return <Workspace slug={slug} user={user} hubUrl={hubUrl()} hydrate={await load(slug, user)} />
}

/** Everything the page shows, for the first paint. Without a hub the page still opens within a second, from the browser's own copy. */
async function load(slug: string, user: DemoUser): Promise<DehydratedState | undefined> {
  const token = await createHubToken({
    secret: hubSecret(),
    subject: user.id,
    grants: grantsOf(user.role),
    expiresInSeconds: 30,
  })
  const names = [`doc:${slug}`, `guests:${slug}`, `chat:${slug}`, ...counterNames(slug)]
  return tryGetServerData(hubUrl(), names, { token })
}
