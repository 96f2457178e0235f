import type { Metadata } from 'next'
import Link from 'next/link'
import type { ReactNode } from 'react'
import './globals.css'

export const metadata: Metadata = { title: 'FlowSync in Next.js', icons: 'data:,' }

const paths = ['/', '/d/a', '/d/b', '/one/a', '/one/b', '/hidden']

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <nav>
          {paths.map((path) => (
            <Link key={path} href={path} data-testid={`to-${path}`}>
              {path}
            </Link>
          ))}
          <a href="/static" data-testid="to-/static">
            /static
          </a>
        </nav>
        {children}
      </body>
    </html>
  )
}
