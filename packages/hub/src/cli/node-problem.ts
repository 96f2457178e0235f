/** The first Node that has `node:sqlite` without a flag. */
const MINIMUM = [22, 13] as const

/** What is wrong with a version of Node and what to do about it; undefined for one that will do. */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return undefined
  return `flowsync needs Node ${MINIMUM.join('.')} or newer; this is Node ${version}.
To run it on a newer one without installing that: npx --yes -p node@24 -- flowsync …`
}
