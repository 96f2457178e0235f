'use client'

import { useStream } from '@flowsync/react'

export function Tasks({ name }: { name: string }) {
  const [tasks, , stream] = useStream(`tasks:${name}`)

  function add(form: FormData): void {
    const text = form.get('task')
    if (typeof text === 'string') stream.append({ text, done: false })
  }

  return (
    <section>
      <ul aria-label="Tasks">
        {tasks.map((task, index) => (
          <li key={index}>
            <label>
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
      <form action={add}>
        <input name="task" aria-label="Task" required />
        <button>Add</button>
      </form>
    </section>
  )
}
