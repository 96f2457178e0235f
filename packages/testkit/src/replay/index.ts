export { hasSameCharacters } from './compare-texts.js'
export { generateSession } from './generate-session.js'
export { readTrace } from './read-trace.js'
export {
  countEdits,
  type ConcurrentSession,
  type ConcurrentStep,
  type SequentialSession,
  type Session,
  type SessionEdit,
} from './session.js'
export { createRandom, type Random } from '../simulator/random.js'
