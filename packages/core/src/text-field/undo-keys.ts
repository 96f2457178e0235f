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

/**
 * The step that keys stand for: Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y; on Apple's machines Cmd+Z and Cmd+Shift+Z, where Ctrl+Y
 * inserts what was cut.
 */
export function keysOf(event: Keys, isApple: boolean): HistoryStep | undefined {
  const { ctrlKey, metaKey, shiftKey, altKey, isComposing } = event
  if (isComposing || altKey || ctrlKey === isApple || metaKey !== isApple) return undefined
  const letter = letterOf(event)
  if (letter === 'z') return shiftKey ? 'redo' : 'undo'
  return letter === 'y' && !isApple && !shiftKey ? 'redo' : undefined
}

/** True on machines whose command key is Cmd. */
export function isApple(platform: string | undefined): boolean {
  return /^(mac|ip)/i.test(platform ?? '')
}

/** On layouts without Latin letters the place of the key counts. */
function letterOf({ key, code }: Keys): string {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase()
  return key.length === 1 && key > '\u007f' ? code.replace(/^Key/, '').toLowerCase() : ''
}
