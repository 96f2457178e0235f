import { OneField } from './one-field'

/** A field that stays while the route below it changes. */
export default function OneLayout() {
  return <OneField />
}
