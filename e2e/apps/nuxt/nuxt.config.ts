import { textFieldScript } from '@flowsync/core'

export default defineNuxtConfig({
  compatibilityDate: '2026-01-01',
  telemetry: false,
  css: ['~/style.css'],
  app: {
    head: {
      title: 'FlowSync in Nuxt',
      link: [{ rel: 'icon', href: 'data:,' }],
      // Records what is typed into served fields before the page is alive.
      script: [{ innerHTML: textFieldScript }],
    },
  },
  routeRules: { '/static': { prerender: true } },
})
