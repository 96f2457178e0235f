/** The layout shows the document. */
export default function DocumentPage() {
  return null
}
