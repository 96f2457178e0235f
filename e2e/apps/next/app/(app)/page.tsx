export default function Home() {
  return (
    <main>
      <h1>FlowSync in Next.js</h1>
      <p>Open a page in two windows, sign in, and type.</p>
    </main>
  )
}
