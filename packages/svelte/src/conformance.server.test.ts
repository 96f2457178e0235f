import { describeBindingOnServer } from '@flowsync/testkit/bindings'
import { renderScene } from './tests/server-render.js'

describeBindingOnServer({ framework: 'Svelte', renderToString: async (scene) => renderScene(scene) })
