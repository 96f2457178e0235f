/** Where the script keeps a recording: on the field. `null` once the field was bound. */
export const RECORDING = 'flowsyncInput'

/** Whether a binding has taken the field over, now or before. */
export function wasBound(field: object): boolean {
  return (field as { [RECORDING]?: unknown })[RECORDING] === null
}
