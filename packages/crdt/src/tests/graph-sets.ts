/** Sets of op numbers; the methods of `Set` itself are newer than some platforms. */
export type Numbers = ReadonlySet<number>

export function isSubset(part: Numbers, all: Numbers): boolean {
  return [...part].every((one) => all.has(one))
}

export function minus(all: Numbers, part: Numbers): Set<number> {
  return new Set([...all].filter((one) => !part.has(one)))
}

export function meets(a: Numbers, b: Numbers): boolean {
  return [...a].some((one) => b.has(one))
}
