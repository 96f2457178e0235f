'use client'

import { useStream } from '@flowsync/react'
import { useEffect, useRef } from 'react'
import type { DemoUser } from '@/lib/user'
import { Avatar } from './avatar'
import { EntryForm } from './entry-form'

const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

export function Chat({ slug, user }: { slug: string; user: DemoUser }) {
  const [messages, , chat, { access }] = useStream(`chat:${slug}`)
  const isReadOnly = access === 'read'
  const list = useRef<HTMLOListElement>(null)

  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [messages])

  return (
    <section className="card" aria-labelledby="chat-title">
      <header>
        <h2 id="chat-title">Chat</h2>
      </header>
      <ol className="messages" ref={list} tabIndex={0} aria-label="Messages">
        {messages.length === 0 && <li className="empty">No messages yet.</li>}
        {messages.map((message, index) => (
          <li key={index}>
            <Avatar name={message.author} />
            <div>
              <div className="meta">
                <strong>{message.author}</strong>{' '}
                <time dateTime={new Date(message.sentAtMs).toISOString()} suppressHydrationWarning>
                  {clock.format(message.sentAtMs)}
                </time>
              </div>
              <p>{message.text}</p>
            </div>
          </li>
        ))}
      </ol>
      <EntryForm
        label="Message"
        placeholder="Say something"
        action="Send"
        isPrimary
        maxLength={2000}
        isDisabled={isReadOnly}
        onEntry={(text) => chat.append({ author: user.name, text, sentAtMs: Date.now() })}
      />
    </section>
  )
}
