import type { Stream } from '../stream/stream.js'
import type { StreamRecorder } from '../stream/stream-recorder.js'

/** The one recorder of a stream, passing on to as many as there are. */
class Recorders extends Set<StreamRecorder> implements StreamRecorder {
  begin(intent: unknown): (deltas: readonly unknown[]) => void {
    const begun = [...this].map((recorder) => recorder.begin(intent))
    return (deltas) => {
      for (const finish of begun) finish(deltas)
    }
  }
  jump(): void {
    for (const recorder of this) recorder.jump()
  }
}

/** Adds a recorder to a stream. Returns the function that takes it away. */
export function addRecorder(stream: Stream, recorder: StreamRecorder): () => void {
  const recorders = stream.recorder instanceof Recorders ? stream.recorder : new Recorders()
  stream.recorder = recorders.add(recorder)
  return () => {
    recorders.delete(recorder)
    if (recorders.size === 0 && stream.recorder === recorders) stream.recorder = undefined
  }
}
