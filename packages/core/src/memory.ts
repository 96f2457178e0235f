export { memory } from './storage/memory.js'
