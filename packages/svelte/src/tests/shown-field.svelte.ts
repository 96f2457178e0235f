import type { FieldScene } from '@flowsync/testkit/bindings'

/** What the field's view shows; reactive. */
export class ShownField {
  client: FieldScene['client'] = $state.raw(undefined as never)
  name: FieldScene['name'] = $state('doc:a')
  isHidden = $state(false)

  constructor({ client, name }: FieldScene) {
    this.client = client
    this.name = name
  }
}
