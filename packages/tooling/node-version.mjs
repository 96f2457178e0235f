/** What the tooling itself needs; packages and tests run on the Node that the dependencies bring. */
const minimum = 20

/**
 * @param {string} [version]
 * @returns {string | undefined} what is wrong with the Node this runs on
 */
export function nodeProblem(version = process.versions.node) {
  const major = Number(version.split('.')[0])
  return major >= minimum ? undefined : `Node ${version} is too old: this needs Node ${minimum} or newer`
}
