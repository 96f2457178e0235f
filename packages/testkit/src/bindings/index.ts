export { describeBinding } from './conformance.js'
export { Person } from './field-person.js'
export {
  describeTextField,
  type FieldHarness,
  type FieldScene,
  type MountedField,
} from './text-field-conformance.js'
export type {
  BindingHarness,
  FollowedOptions,
  Mounted,
  MountedFollower,
  Probe,
  Scene,
  ShownClient,
  ShownStream,
} from './harness.js'
export { ScriptedHub, tokenOf } from './scripted-hub.js'
export { describeBindingOnServer } from './server-conformance.js'
export { bindingStreams, type BindingStreams } from './streams.js'
export { TestClock } from './test-clock.js'
export { BindingWorld, type ClientSetup } from './world.js'
