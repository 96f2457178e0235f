import type { StreamKey, StreamReplica } from '../driver.js'
import { listPlaces } from './read-scripts.js'
import { parsePlace } from './replica-place.js'
import type { StoreParts } from './store-parts.js'

/** See `LogDriver.replicasOf`. Every page reads the places of all: it is for exports. */
export async function replicasOf(
  { link, keys, replicas: numbers }: Pick<StoreParts, 'link' | 'keys' | 'replicas'>,
  key: StreamKey,
  { after = '', limit }: { readonly after?: string; readonly limit: number },
): Promise<readonly StreamReplica[]> {
  const { head, places } = keys.stream(key)
  const found = ((await link.run(listPlaces, [head, places], [])) ?? []) as Buffer[]
  const named = await numbers.decode(key.workspace, (nameOf) =>
    found.flatMap((number, at) =>
      at % 2 === 0 ? [{ replica: nameOf(Number(number)), place: found[at + 1]?.toString() ?? '' }] : [],
    ),
  )
  const page = named
    .filter(({ replica }) => replica > after)
    .sort((a, b) => (a.replica < b.replica ? -1 : 1))
    .slice(0, limit)
  const bindings = await numbers.find(
    key.workspace,
    page.map(({ replica }) => replica),
  )
  return page.map(({ replica, place }) => {
    const { nextCounter, truncatedCounter } = parsePlace(place)
    return { replica, subject: bindings.get(replica)?.subject ?? '', nextCounter, truncatedCounter }
  })
}
