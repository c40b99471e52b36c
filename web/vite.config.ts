// The pages that klerod serves: dist/index.html and dist/assets.
import { defineConfig } from 'vite';
import { flags, plugins, small } from './vite.shared';

// What nearly every page shows or runs on: one file is squeezed better than ten.
const FRAME = new RegExp([
  'node_modules/(@?vue|@intlify|petite)|plugin-vue|preload-helper',
  '/src/(App|router|preferences|time|title|i18n/index|api/client|draw/(pinned|phase))\\.|common\\.zh-CN',
  '/components/(AppIcon|HashText|LoadProblem|PageTools|PreferenceBar|StateBadge)\\.vue',
].join('|'));

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
    rollupOptions: { output: { manualChunks: (id) => (FRAME.test(id) ? 'frame' : undefined) } },
  },
});
