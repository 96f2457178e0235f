export default function Home() {
  return <h1>FlowSync in Next.js</h1>
}
