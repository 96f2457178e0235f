// Lets Node run the TypeScript sources as they are, for tests that start threads and processes:
//   node --conditions=@flowsync/source --import ./source-loader.mjs src/cli/main.ts
import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, nextResolve) {
    const isOwnSource = specifier.startsWith('.') && context.parentURL?.endsWith('.ts')
    return nextResolve(isOwnSource ? specifier.replace(/\.js$/, '.ts') : specifier, context)
  },
})
