/** The layout shows the field. */
export default function OnePage() {
  return null
}
