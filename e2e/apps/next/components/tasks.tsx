'use client'

import { useStream } from '@flowsync/react'

export function Tasks({ slug }: { slug: string }) {
  const [tasks, , stream] = useStream(`tasks:${slug}`)

  function add(form: FormData): void {
    const text = form.get('task')
    if (typeof text === 'string') stream.append({ text, done: false })
  }

  return (
    <section>
      <h2>Tasks</h2>
      <ul>
        {tasks.map((task, index) => (
          <li key={index}>
            <label className="check">
              <input
                type="checkbox"
                checked={task.done}
                onChange={(event) => stream.set(index, { ...task, done: event.target.checked })}
              />
              {task.text}
            </label>
          </li>
        ))}
      </ul>
      <form action={add} className="row">
        <input name="task" aria-label="Task" required />
        <button>Add</button>
      </form>
    </section>
  )
}
