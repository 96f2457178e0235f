import { textFieldScript } from '@flowsync/core'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'

/** Records what is typed into served fields before the page is alive. */
const recording: Plugin = {
  name: 'text-field-script',
  transformIndexHtml: () => [{ tag: 'script', children: textFieldScript, injectTo: 'head' }],
}

export default defineConfig({
  plugins: [vue(), recording],
  build: { rolldownOptions: { input: ['index.html', 'static.html'] } },
})
