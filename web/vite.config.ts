// The pages that klerod serves: dist/index.html and dist/assets.
import { defineConfig } from 'vite';
import { flags, plugins, small } from './vite.shared';

// Small, and of nearly every page: one file of them is squeezed better than five.
const SHARED = /\/src\/(time|title)\.ts|\/components\/(PageTools|StateBadge|HashText|LoadProblem)\.vue/;

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
    modulePreload: { polyfill: false },
    rollupOptions: { output: { manualChunks: (id) => (SHARED.test(id) ? 'shared' : undefined) } },
  },
});
