/**
 * A page whose quoted figures are those given. A quote is `<!-- bench:SUITE NAME -->figure<!-- /bench -->`; one between
 * backticks is an example and stays, and so does one whose name has no figure.
 */
export function renewQuotes(
  markdown: string,
  suite: string,
  figures: Readonly<Record<string, string>>,
): string {
  const quote = /(`?)(<!--\s*bench:(\S+)\s+(\S+)\s*-->)([\s\S]*?)(<!--\s*\/bench\s*-->)/g
  return markdown.replace(
    quote,
    (whole: string, tick: string, open: string, of: string, name: string, _text: string, close: string) => {
      const figure = of === suite && Object.hasOwn(figures, name) ? figures[name] : undefined
      return tick !== '' || figure === undefined ? whole : open + figure + close
    },
  )
}
