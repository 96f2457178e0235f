import { FlowSyncError } from '@flowsync/core'
import { DEV } from 'esm-env'
import { hasContext } from 'svelte'

/** The parts of a merge rule that decide about assignments. */
interface AssignedRule {
  readonly name: string
  readonly actions: Readonly<Record<string, unknown>>
}

/**
 * What an assignment to a stream's store does. A register is set, unless the write comes from a component that mounts or
 * runs its effects: Svelte's `bind:` then writes what a field happens to hold, which no person did. Others throw.
 *
 * @param set replaces the value
 */
export function createAssign(
  name: string,
  rule: AssignedRule,
  set: (value: unknown) => unknown,
): (value: unknown) => unknown {
  const isMounting = mounting()
  return (value) => {
    if (rule.name !== 'register') throw new FlowSyncError('value/read-only', adviceFor(name, rule))
    if (!isMounting() && !isInComponent()) return set(value)
    if (DEV) {
      console.warn(
        `flowsync: a component wrote to ${JSON.stringify(name)} while it mounted or ran an effect. No person made this write, so it was ignored. Code writes with handle.set.`,
      )
    }
    return undefined
  }
}

function adviceFor(name: string, rule: AssignedRule): string {
  const shown = `The value of ${JSON.stringify(name)} is read-only and cannot be assigned.`
  if (rule.name === 'text') {
    return `${shown} For a text field write <textarea {@attach textField(doc)}>; else use ${methodsIn(rule)}.`
  }
  return `${shown} Use ${methodsIn(rule)}, or useStreamModel with a register.`
}

function methodsIn({ actions }: AssignedRule): string {
  return Object.keys(actions)
    .map((action) => `.${action}()`)
    .join(', ')
}

/** True while a component initialises or an effect of one runs; false in event handlers. */
function isInComponent(): boolean {
  try {
    hasContext(isInComponent)
    return true
  } catch {
    // Svelte throws when there is no component.
    return false
  }
}

/**
 * Whether the component in which this is called is still mounting. Bindings of radio groups write in a microtask that
 * Svelte queues while it mounts: the second one after this has run then.
 */
function mounting(): () => boolean {
  if (!isInComponent()) return () => false
  let isMounting = true
  void Promise.resolve()
    .then(() => undefined)
    .then(() => {
      isMounting = false
    })
  return () => isMounting
}
