/** The documents that the links lead to. Any other name works too; only its first paint is empty. */
export const documents = ['a', 'b']

/** The streams that a page about a document shows. */
export const streamsOf = (slug: string): string[] => [
  `doc:${slug}`,
  `doc:${slug}-line`,
  `title:${slug}`,
  `votes:${slug}`,
  `tasks:${slug}`,
]
