// Which path shows which page; service/resources/site.c serves these paths.
import { createRouter, createWebHistory } from 'vue-router';
import { needWords, type Part } from './i18n';

/** A page and its words, fetched together. */
function withWords<T>(part: Part, page: () => Promise<T>): () => Promise<T> {
  return async () => (await Promise.all([page(), needWords(part)]))[0];
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'home', component: withWords('home', () => import('./pages/HomePage.vue')) },
    { path: '/draws', name: 'draws', component: withWords('draws', () => import('./pages/DrawsPage.vue')) },
    { path: '/draws/:id', name: 'draw', component: withWords('draw', () => import('./pages/DrawPage.vue')), props: true },
    { path: '/shop', name: 'shop', component: withWords('shop', () => import('./pages/ShopPage.vue')) },
    { path: '/verify', name: 'verify', component: withWords('verify', () => import('./pages/VerifyPage.vue')) },
    { path: '/:path(.*)*', name: 'lost', component: () => import('./pages/LostPage.vue') },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});
