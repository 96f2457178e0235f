import type { LocalVersion, Version } from './version.js'

/** Ops from `first` to `last`. */
export interface Range {
  first: LocalVersion
  readonly last: LocalVersion
}

/** What leads from one version to another. */
export interface VersionDifference {
  /** Ops of the former version that are not in the new one. */
  readonly retreat: readonly Range[]
  /** Ops of the new version that were not in the former one. */
  readonly advance: readonly Range[]
}

const IN_FORMER = 1
const IN_NEW = 2
const IN_BOTH = IN_FORMER | IN_NEW

/**
 * Compares two versions: walks from their newest ops to older ones until all that is left belongs to
 * both (Gentle & Kleppmann, "Collaborative Text Editing with Eg-walker", EuroSys 2025, section 3.2).
 * Takes as long as the answer, not as long as the history.
 *
 * @param parentsOf the newest ops that an op's author knew; all are older than the op
 * @param start ops before this one belong to every version
 */
export function versionDifference(
  parentsOf: (version: LocalVersion) => Version,
  former: Version,
  next: Version,
  start: LocalVersion,
): VersionDifference {
  const retreat: Range[] = []
  const advance: Range[] = []
  // Ops still to look at, ascending, each as 4 * op + the versions it is known to be in.
  const queue: number[] = []
  let undecided = 0

  const enqueue = (versions: Version, membership: number) => {
    for (const version of versions) {
      if (version < start) continue
      const entry = 4 * version + membership
      let index = queue.length
      while (index > 0 && (queue[index - 1] as number) > entry) index--
      queue.splice(index, 0, entry)
      if (membership !== IN_BOTH) undecided++
    }
  }
  const dequeue = (): number => {
    const entry = queue.pop() as number
    if (entry % 4 !== IN_BOTH) undecided--
    return entry
  }

  enqueue(former, IN_FORMER)
  enqueue(next, IN_NEW)
  while (undecided > 0) {
    const entry = dequeue()
    const version = Math.floor(entry / 4)
    let membership = entry % 4
    while (queue.length > 0 && (queue[queue.length - 1] as number) >= 4 * version) membership |= dequeue() % 4
    if (membership === IN_FORMER) extend(retreat, version)
    else if (membership === IN_NEW) extend(advance, version)
    enqueue(parentsOf(version), membership)
  }
  return { retreat, advance }
}

/** Adds an op that is older than all before. */
function extend(ranges: Range[], version: LocalVersion): void {
  const range = ranges[ranges.length - 1]
  if (range?.first === version + 1) range.first = version
  else ranges.push({ first: version, last: version })
}
