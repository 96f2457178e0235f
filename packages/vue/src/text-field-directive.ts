import {
  createStreamObserver,
  FlowSyncError,
  type FlowSyncClient,
  type RegisteredStreams,
  type StreamHandle,
  type StreamRule,
  type TextFieldElement,
  type TextStreamName,
} from '@flowsync/core'
import { createTextField, RECORDED_ATTRIBUTE, type TextHandle } from '@flowsync/core/text-field'
import {
  toValue,
  watch,
  type ComponentPublicInstance,
  type DirectiveBinding,
  type MaybeRef,
  type ObjectDirective,
} from 'vue'
import { flowSyncKey } from './client-key.js'

/** A name whose stream is a text. */
type TextName = TextStreamName<RegisteredStreams>

/** The text of a field: the name of a text stream, or a handle, such as the `stream` of `useStream`. */
export type TextFieldTarget = TextName | StreamHandle<StreamRule<RegisteredStreams, TextName>>

const FIELD = Symbol('flowsync.textField')

interface BoundElement extends HTMLElement {
  [FIELD]?: { readonly rebind: () => void; readonly end: () => void; target: TextFieldTarget }
}

/**
 * Binds a `<textarea>` or a text `<input>` to a text stream. The field shows the stream's text, and what is typed in it
 * becomes an edit: nothing else does, not mounting, `KeepAlive`, Back, a form reset or a change of the name. It is
 * read-only while this client may only read. On a server it renders the text.
 *
 * Leave `v-model` and `:value` off the element.
 *
 * ```vue
 * <textarea v-flowsync-text="'doc:readme'" aria-label="Readme" />
 * ```
 * @throws FlowSyncError `config/invalid` without the plugin and for a stream that is no text
 */
export const vFlowsyncText: ObjectDirective<TextFieldElement, TextFieldTarget> = {
  getSSRProps(binding) {
    const handle = handleOf(clientOf(binding), binding.value)
    return { value: handle.value, [RECORDED_ATTRIBUTE]: handle.name }
  },
  mounted(element, binding) {
    const client = clientOf(binding)
    let detach: (() => void) | undefined
    const bound = {
      target: binding.value,
      rebind: (): void => {
        detach?.()
        detach = createTextField(handleOf(client, bound.target)).attach(element)
      },
      end: (): void => {
        stop()
        detach?.()
        // A field that leaves in a transition is seen for a while: nothing is kept of what would be typed in it.
        element.readOnly = true
      },
    }
    // Another client follows on a change of user: its handle is another one.
    const stop = watch(() => toValue(client), bound.rebind, { immediate: true, flush: 'sync' })
    ;(element as BoundElement)[FIELD] = bound
  },
  updated(element, { value }) {
    const bound = (element as BoundElement)[FIELD]
    if (!bound || bound.target === value) return
    bound.target = value
    bound.rebind()
  },
  beforeUnmount(element) {
    ;(element as BoundElement)[FIELD]?.end()
  },
}

type ProvidedClient = MaybeRef<FlowSyncClient<RegisteredStreams>>

function clientOf({ instance }: DirectiveBinding): ProvidedClient {
  const { provides } = (instance as ComponentPublicInstance).$.appContext
  const client = (provides as Readonly<Record<symbol, ProvidedClient | undefined>>)[flowSyncKey as symbol]
  if (client) return client
  throw new FlowSyncError(
    'config/invalid',
    'No FlowSync client here: call app.use(createFlowSync(…)) before v-flowsync-text is used.',
  )
}

function handleOf(client: ProvidedClient, target: TextFieldTarget): TextHandle {
  if (typeof target !== 'string') return target as unknown as TextHandle
  return createStreamObserver(toValue(client), target).handle as unknown as TextHandle
}

declare module 'vue' {
  interface GlobalDirectives {
    vFlowsyncText: typeof vFlowsyncText
  }
}
