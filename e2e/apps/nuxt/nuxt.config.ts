export default defineNuxtConfig({
  compatibilityDate: '2026-01-01',
  telemetry: false,
  css: ['~/style.css'],
  app: {
    head: {
      title: 'FlowSync in Nuxt',
      htmlAttrs: { lang: 'en' },
      link: [{ rel: 'icon', href: 'data:,' }],
    },
  },
  routeRules: { '/static': { prerender: true } },
  // The server runs on a current Node: FlowSync's counters are made of BigInt.
  nitro: { esbuild: { options: { target: 'es2022' } } },
})
