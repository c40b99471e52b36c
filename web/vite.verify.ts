// Two bundles of the verifier: dist/verify.mjs is the command for node, and
// dist/verify-lib.mjs what a page, a worker or a test imports.
import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    target: 'chrome87',
    outDir: 'dist',
    emptyOutDir: false,
    minify: false,
    lib: {
      entry: { verify: 'src/verify/cli.ts', 'verify-lib': 'src/verify/index.ts' },
      formats: ['es'],
      fileName: (_format, name) => `${name}.mjs`,
    },
    rollupOptions: {
      external: [/^node:/],
      output: { chunkFileNames: 'verify-shared.mjs' },
    },
  },
});
