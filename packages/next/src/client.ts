export { fetchToken, type FetchTokenOptions } from '@flowsync/core'
