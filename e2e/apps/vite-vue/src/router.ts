import { createRouter, createWebHistory } from 'vue-router'
import DocumentPage from './pages/DocumentPage.vue'
import HiddenPage from './pages/HiddenPage.vue'
import HomePage from './pages/HomePage.vue'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: HomePage },
    // One instance for all documents: its `slug` changes.
    { path: '/d/:slug', component: DocumentPage, props: true },
    { path: '/hidden', component: HiddenPage },
  ],
})
