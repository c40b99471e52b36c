// Which path shows which page; service/resources/site.c serves these paths.
import { createRouter, createWebHistory } from 'vue-router';
import { needWords, type Part } from './i18n';

/** A page and its words, fetched together. */
function withWords<T>(part: Part, page: () => Promise<T>, more?: Part): () => Promise<T> {
  return async () => (await Promise.all([page(), needWords(part), more && needWords(more)]))[0];
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'home', component: withWords('home', () => import('./pages/HomePage.vue')) },
    { path: '/draws', name: 'draws', component: withWords('draws', () => import('./pages/DrawsPage.vue')) },
    { path: '/draws/:id', name: 'draw', component: withWords('draw', () => import('./pages/DrawPage.vue')), props: true },
    { path: '/shop', name: 'shop', component: withWords('shop', () => import('./pages/ShopPage.vue'), 'offer') },
    { path: '/institutions', component: withWords('roll', () => import('./pages/InstitutionsPage.vue'), 'offer') },
    { path: '/institutions/:id', component: withWords('roll', () => import('./pages/InstitutionPage.vue'), 'offer'), props: true },
    { path: '/catalogue', component: withWords('catalogue', () => import('./pages/CataloguePage.vue'), 'offer') },
    { path: '/catalogue/:code', component: withWords('catalogue', () => import('./pages/CategoryPage.vue'), 'offer'), props: true },
    { path: '/listings/:id', component: withWords('catalogue', () => import('./pages/ListingPage.vue'), 'offer'), props: true },
    { path: '/fees', component: withWords('catalogue', () => import('./pages/FeesPage.vue'), 'offer') },
    { path: '/login', name: 'login', component: withWords('desk', () => import('./pages/LoginPage.vue'), 'offer') },
    { path: '/account', name: 'account', component: withWords('desk', () => import('./pages/AccountPage.vue'), 'offer') },
    { path: '/register', name: 'register', component: withWords('desk', () => import('./pages/RegisterPage.vue'), 'offer') },
    { path: '/desk/:part?/:id?', name: 'desk', component: withWords('desk', () => import('./pages/DeskPage.vue'), 'offer'), props: true },
    { path: '/verify', name: 'verify', component: withWords('verify', () => import('./pages/VerifyPage.vue')) },
    { path: '/:path(.*)*', name: 'lost', component: () => import('./pages/LostPage.vue') },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});
