export { startPostgres, type TestPostgres } from './start-postgres.js'
export { startRedis, type TestRedis } from './start-redis.js'
