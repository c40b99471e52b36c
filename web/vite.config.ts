// The pages that klerod serves: dist/index.html and dist/assets.
import { defineConfig } from 'vite';
import { flags, plugins, small } from './vite.shared';

// Small, or of every page: one file of them is squeezed better than five.
const SHARED = /\/node_modules\/(vue|@vue|vue-router|petite-vue-i18n|@intlify)\/|\/src\/(time|title|router)\.ts|\/components\/(PageTools|StateBadge|HashText|LoadProblem|CountDown)\.vue/;

export default defineConfig({
  logLevel: 'warn',
  plugins: plugins(),
  define: flags,
  build: {
    ...small,
    target: 'chrome87',
    outDir: 'dist',
    emptyOutDir: true,
    // The policy of the pages lets nothing in that stands in a page.
    assetsInlineLimit: 0,
    // What a page needs is there when it is asked for, but for its words.
    modulePreload: false,
    rollupOptions: { output: { manualChunks: (id) => (SHARED.test(id) ? 'shared' : undefined) } },
  },
});
