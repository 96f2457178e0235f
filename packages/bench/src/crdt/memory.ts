const memories = new Set<WebAssembly.Memory>()

/**
 * Counts the memory of WebAssembly modules that are instantiated from now on, which no figure of the process shows.
 * Call it before the module is imported.
 */
export function watchWebAssembly(): void {
  const { Instance, instantiate } = WebAssembly
  const watched = function (module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    const instance = new Instance(module, imports)
    remember(instance)
    return instance
  }
  watched.prototype = Instance.prototype
  WebAssembly.Instance = watched as unknown as typeof Instance
  const instantiateWatched = async (
    source: BufferSource & WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ) => {
    const result: WebAssembly.WebAssemblyInstantiatedSource | WebAssembly.Instance = await instantiate(
      source,
      imports,
    )
    remember('instance' in result ? result.instance : result)
    return result
  }
  WebAssembly.instantiate = instantiateWatched as typeof instantiate
}

function remember({ exports }: WebAssembly.Instance): void {
  for (const item of Object.values(exports)) if (item instanceof WebAssembly.Memory) memories.add(item)
}

/**
 * Bytes in use after garbage collection: the heap, buffers outside of it, and WebAssembly.
 * @throws Error when Node runs without `--expose-gc`
 */
export function memoryInUse(): number {
  const { gc } = globalThis
  if (!gc) throw new Error('memory is measured with node --expose-gc')
  // What finalizers give back is gone only after the next round.
  for (let round = 0; round < 3; round++) gc()
  const { heapUsed, external } = process.memoryUsage()
  let webAssembly = 0
  for (const memory of memories) webAssembly += memory.buffer.byteLength
  return heapUsed + external + webAssembly
}
