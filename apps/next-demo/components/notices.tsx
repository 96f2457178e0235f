'use client'

import { useFlowSync, useStreamSnapshot } from '@flowsync/react'

/** What the user has to know beyond the badge: not saved, not allowed, not reachable. */
export function Notices({ slug }: { slug: string }) {
  const { status, error, storage } = useFlowSync()
  const doc = useStreamSnapshot(`doc:${slug}`)

  return (
    <div className="notices">
      {(status === 'needs-auth' || status === 'signed-out') && (
        <p className="notice" role="alert">
          <span>
            You are not signed in any more{error ? ` (${error.code})` : ''}. What you wrote is kept on this
            device. <a href={`/?next=/d/${slug}`}>Sign in again</a>
          </span>
        </p>
      )}
      {storage.health === 'not-saved' && (
        <p className="notice" role="alert">
          This browser does not let the page save anything: changes live only until you close it.
        </p>
      )}
      {doc.access === 'read' && (
        <p className="notice" role="status" data-testid="read-only">
          You may read this document but not change it.
        </p>
      )}
      {doc.error && doc.status === 'failed' && (
        <p className="problem" role="alert">
          The document cannot be opened: {doc.error.message} ({doc.error.code})
        </p>
      )}
      {!doc.isSynced && status === 'offline' && (
        <p className="notice" role="status">
          This document has not been loaded on this device yet. It will appear when you are online.
        </p>
      )}
    </div>
  )
}
