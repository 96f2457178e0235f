import { svelte } from '@sveltejs/vite-plugin-svelte'
import { configDefaults, defineConfig } from 'vitest/config'

/** Tests read the sources of the packages, so that they need no build. */
const source = '@flowsync/source'
const exclude = [...configDefaults.exclude, '**/dist/**']
/** What a binding does on a server is tested there; the rest of it in a DOM. */
const serverTests = 'packages/*/src/**/*.server.test.{ts,tsx}'

const onServer = {
  resolve: { conditions: [source, 'module', 'node', 'development|production'] },
  ssr: { resolve: { conditions: [source, 'module', 'node', 'development|production'] } },
}

export default defineConfig({
  test: {
    projects: [
      {
        ...onServer,
        test: {
          // Without a process, a clock or a DOM: files share a worker, whose start costs more than most of them.
          name: 'pure',
          environment: 'node',
          include: ['packages/{crdt,protocol}/src/**/*.test.ts'],
          exclude,
          isolate: false,
        },
      },
      {
        ...onServer,
        plugins: [svelte({ configFile: false })],
        test: {
          name: 'unit',
          environment: 'node',
          include: [
            'packages/!(crdt|protocol|react|vue|svelte|next)/src/**/*.test.{ts,tsx}',
            'packages/tooling/*.test.mjs',
            serverTests,
          ],
          exclude: [...exclude, '**/*.redis.test.ts', '**/*.pg.test.ts'],
          // Auth.js imports `next/server`, which Node alone does not find.
          server: { deps: { inline: [/next-auth@5/] } },
        },
      },
      {
        ...onServer,
        test: {
          name: 'redis',
          environment: 'node',
          include: ['packages/*/src/**/*.redis.test.ts'],
          exclude,
          fileParallelism: false,
        },
      },
      {
        ...onServer,
        test: {
          name: 'postgres',
          environment: 'node',
          include: ['packages/*/src/**/*.pg.test.ts'],
          // A commit is a sync of the disk here, and some cases make hundreds.
          testTimeout: 30_000,
          exclude,
          fileParallelism: false,
        },
      },
      {
        resolve: { conditions: [source, 'module', 'browser', 'development|production'] },
        plugins: [svelte({ configFile: false })],
        test: {
          name: 'dom',
          environment: 'happy-dom',
          include: ['packages/{react,vue,svelte,next}/src/**/*.test.{ts,tsx}'],
          exclude: [...exclude, serverTests],
        },
      },
    ],
    maxWorkers: 2,
    passWithNoTests: false,
  },
})
