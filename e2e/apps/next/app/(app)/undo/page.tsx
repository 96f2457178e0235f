import { Undoable } from './undoable'

export default function UndoPage() {
  return <Undoable />
}
