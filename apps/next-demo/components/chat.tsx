'use client'

import { useStream } from '@flowsync/react'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import type { DemoUser } from '@/lib/user'
import { Avatar } from './avatar'

const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

export function Chat({ slug, user }: { slug: string; user: DemoUser }) {
  const [messages, , chat, { access }] = useStream(`chat:${slug}`)
  const isReadOnly = access === 'read'
  const [text, setText] = useState('')
  const list = useRef<HTMLOListElement>(null)

  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [messages])

  function send(event: FormEvent): void {
    event.preventDefault()
    if (!text.trim()) return
    chat.append({ author: user.name, text: text.trim(), sentAtMs: Date.now() })
    setText('')
  }

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
      <form className="row" onSubmit={send}>
        <input
          className="text-input"
          value={text}
          onChange={(event) => setText(event.target.value)}
          disabled={isReadOnly}
          maxLength={2000}
          aria-label="Message"
          placeholder="Say something"
        />
        <button className="primary" disabled={isReadOnly || !text.trim()}>
          Send
        </button>
      </form>
    </section>
  )
}
