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
    { path: '/', name: 'draws', component: withWords('draws', () => import('./pages/DrawsPage.vue')) },
    { path: '/draws/:id', name: 'draw', component: withWords('draw', () => import('./pages/DrawPage.vue')), props: true },
    { path: '/shop', name: 'shop', component: withWords('shop', () => import('./pages/ShopPage.vue')) },
    { path: '/login', name: 'login', component: withWords('desk', () => import('./pages/LoginPage.vue')) },
    { path: '/account', name: 'account', component: withWords('desk', () => import('./pages/AccountPage.vue')) },
    { path: '/register', name: 'register', component: withWords('desk', () => import('./pages/RegisterPage.vue')) },
    { path: '/work/:part?/:id?', name: 'work', component: withWords('desk', () => import('./pages/WorkPage.vue')), props: true },
    { path: '/verify', name: 'verify', component: withWords('verify', () => import('./pages/VerifyPage.vue')) },
    { path: '/:path(.*)*', name: 'lost', component: () => import('./pages/LostPage.vue') },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});
