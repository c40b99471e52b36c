import { createApp } from 'vue';
import OfflineApp from './OfflineApp.vue';
import { i18n, needWords } from './i18n';
import './style.css';

void needWords('verify').then(() => createApp(OfflineApp).use(i18n).mount('#app'));
