import { RECORDING } from './recording-key.js'
import { findEdit, type TextEdit } from './text-edit.js'

/** Marks a field whose input events are recorded until it is bound; its value is the stream's name. */
export const RECORDED_ATTRIBUTE = 'data-flowsync-text'

/** Input events in a row, without a change by a program between them. */
interface RecordedRun {
  /** The field's value before the first of them. */
  readonly base: string
  /** Where the caret stood after the last one. */
  readonly caret: number
  /** Position, deleted units and inserted text of each, on the value after the former. */
  readonly edits: readonly (readonly [number, number, string])[]
}

/** One recorded input event. */
interface RecordedEdit {
  /** The field's value before it. */
  readonly base: string
  readonly edit: TextEdit
}

/** All that was recorded of a field. */
export interface Recording {
  readonly edits: readonly RecordedEdit[]
  /** Where the caret stood in the end. */
  readonly caret: number
}

/**
 * An inline script for pages that a server renders: it records what is typed into fields with the attribute
 * `data-flowsync-text` until the page is alive. A binding keeps what was recorded as edits. Without the script a
 * binding keeps nothing that was typed before it, because a text that merely stands in a field may have been put there
 * by the browser. Running it twice is harmless.
 *
 * ```html
 * <script>${textFieldScript}</script>
 * ```
 */
export const textFieldScript = `(d=>{const k='${RECORDING}',r=d.documentElement;if(r[k])return;r[k]=1;let t,b,y;
const on=(n,h)=>d.addEventListener(n,h,true);
on('beforeinput',e=>{t=e.target;if(t&&t.hasAttribute&&t.hasAttribute('${RECORDED_ATTRIBUTE}')&&t[k]!==null){b=t.value;y=e.inputType}else t=null});
on('input',e=>{if(!t||e.target!==t||e.inputType!==y||y==='insertReplacementText'&&d.activeElement!==t)return;
let v=t.value,c=t.selectionEnd,q=t[k]||(t[k]=[]),l=q[q.length-1],n=0,p=0,m=Math.min(b.length,v.length-c);
if(!l||l.now!==b)q.push(l={base:b,edits:[]});
while(n<m&&b[b.length-1-n]===v[v.length-1-n])n++;
m=Math.min(b.length,v.length)-n;while(p<m&&b[p]===v[p])p++;
l.edits.push([p,b.length-n-p,v.slice(p,v.length-n)]);l.now=v;l.caret=c;t=null})})(document)`

/**
 * Takes over what the script recorded of a field, and ends the recording.
 *
 * @param stream the stream the field is bound to; a recording for another one is dropped
 */
export function takeRecording(field: Element, stream: string | undefined): Recording | undefined {
  const holder = field as { [RECORDING]?: readonly RecordedRun[] | null }
  const runs = holder[RECORDING]
  holder[RECORDING] = null
  const last = runs?.at(-1)
  const marked = field.getAttribute(RECORDED_ATTRIBUTE)
  if (!runs || !last || (marked && stream !== undefined && marked !== stream)) return undefined
  return { edits: runs.flatMap(editsOf), caret: last.caret }
}

function editsOf({ base, edits }: RecordedRun): RecordedEdit[] {
  const recorded: RecordedEdit[] = []
  let before = base
  for (const [position, deleteCount, insert] of edits) {
    const after = before.slice(0, position) + insert + before.slice(position + deleteCount)
    // The script knows nothing of surrogate pairs.
    const edit = findEdit(before, after, position + insert.length)
    const last = recorded.at(-1)
    const joined = edit && last && join(last.edit, edit)
    if (joined) recorded[recorded.length - 1] = { base: last.base, edit: joined }
    else if (edit) recorded.push({ base: before, edit })
    before = after
  }
  return recorded
}

/** Two edits as one, where a person typed or deleted in a go; what is typed in a go stays together. */
function join(first: TextEdit, next: TextEdit): TextEdit | undefined {
  const { position, deleteCount, insert } = first
  if (next.deleteCount === 0 && next.position === position + insert.length)
    return { position, deleteCount, insert: insert + next.insert }
  if (insert !== '' || next.insert !== '') return undefined
  const isBackspace = next.position + next.deleteCount === position
  if (!isBackspace && next.position !== position) return undefined
  return { position: next.position, deleteCount: deleteCount + next.deleteCount, insert: '' }
}
