#!/usr/bin/env node
import { nodeProblem } from './node-problem.js'

const problem = nodeProblem(process.versions.node)
if (problem === undefined) {
  // Only now: a Node that is too old cannot even load these.
  const [{ processIo }, { runCli }] = await Promise.all([import('./cli-io.js'), import('./program.js')])
  process.exitCode = await runCli(process.argv.slice(2), processIo())
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 2
}
