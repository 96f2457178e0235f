import type { Observer } from '@flowsync/core'
import {
  computed,
  getCurrentInstance,
  getCurrentScope,
  onMounted,
  shallowRef,
  toValue,
  watch,
  type ComputedRef,
  type MaybeRefOrGetter,
} from 'vue'

/**
 * A ref of what an observer shows. In a component it is followed from mounting on, so never on a server; in another
 * scope at once. It is given up with the scope. A source that is a ref or getter may change to another observer.
 */
export function useObserver<T>(source: MaybeRefOrGetter<Observer<T>>): ComputedRef<T> {
  const instance = getCurrentInstance()
  // A server and the hydration of what it rendered show the same. While Vue hydrates a component its vnode already
  // has the server's element.
  const isFirst = shallowRef(typeof document === 'undefined' || instance?.vnode.el != null)
  const changes = shallowRef(0)
  const shown = computed(() => {
    // Read for the sake of tracking alone: it counts what the observer told.
    void changes.value
    const observer = toValue(source)
    return isFirst.value ? observer.getServerSnapshot() : observer.getSnapshot()
  })

  const follow = (): void => {
    watch(
      () => toValue(source),
      (observer, _, onCleanup) => {
        onCleanup(observer.subscribe(() => changes.value++))
        // It may have changed since it was read, before anybody listened.
        changes.value++
      },
      { immediate: true, flush: 'sync' },
    )
    isFirst.value = false
  }
  const scope = getCurrentScope()
  if (instance === null) follow()
  // `onMounted` would give the watcher to the component; it belongs to the scope, which may end earlier or later.
  else onMounted(() => scope?.run(follow))
  return shown
}
