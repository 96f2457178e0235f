/** A step through a history of edits. */
export type HistoryStep = 'undo' | 'redo'

/** The step that an input event stands for, such as one of the browser's menu. */
export function historyOf(inputType: string | undefined): HistoryStep | undefined {
  if (inputType === 'historyUndo') return 'undo'
  return inputType === 'historyRedo' ? 'redo' : undefined
}

type Keys = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey' | 'isComposing'
>

/** The step that keys stand for: Ctrl or Cmd with Z, with Shift for redo, and Ctrl+Y. */
export function keysOf(event: Keys): HistoryStep | undefined {
  const { ctrlKey, metaKey, shiftKey, altKey, isComposing } = event
  if (isComposing || altKey || ctrlKey === metaKey) return undefined
  const letter = letterOf(event)
  if (letter === 'z') return shiftKey ? 'redo' : 'undo'
  return letter === 'y' && ctrlKey && !shiftKey ? 'redo' : undefined
}

/** On layouts without Latin letters the place of the key counts. */
function letterOf({ key, code }: Keys): string {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase()
  return key.length === 1 && key > '\u007f' ? code.replace(/^Key/, '').toLowerCase() : ''
}
