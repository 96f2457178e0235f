/** The order of SQLite's binary collation: by code point, which UTF-16 units do not give. */
export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
