import { HiddenField } from './hidden-field'

export default function HiddenPage() {
  return <HiddenField />
}
