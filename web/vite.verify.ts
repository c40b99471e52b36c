// The verifier by itself, each a file that needs no other: dist/verify.mjs is the
// command for node, dist/verify-lib.mjs (--mode library) what a page, a worker or a
// test imports.
import { defineConfig } from 'vite';

export default defineConfig(({ mode }) => {
  const library = mode === 'library';
  return {
    build: {
      target: 'chrome87',
      outDir: 'dist',
      emptyOutDir: false,
      minify: false,
      lib: {
        entry: library ? 'src/verify/index.ts' : 'src/verify/cli.ts',
        formats: ['es'],
        fileName: () => (library ? 'verify-lib.mjs' : 'verify.mjs'),
      },
      rollupOptions: { external: [/^node:/] },
    },
  };
});
