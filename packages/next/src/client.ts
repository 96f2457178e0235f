export { fetchToken } from './fetch-token.js'
