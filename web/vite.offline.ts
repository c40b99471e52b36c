// dist/verify.html: the verifier in one file, to be kept and opened from a disk.
// It brings its own policy, by which it can ask nobody anything.
import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';
import { flags, plugins, small } from './vite.shared';

interface Piece {
  type: 'asset' | 'chunk';
  source?: string | Uint8Array;
  code?: string;
}

function textOf(piece: Piece): string {
  return String(piece.type === 'chunk' ? piece.code : piece.source);
}

/** The page with all it needs in it. A script that held `</script` would end
 * there. */
function filled(html: string, script: string, css: string): string {
  const code = script.replace(/<\/script/g, '<\\/script');
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = `default-src 'none'; script-src ${hash(code)}; style-src ${hash(css)}; ` +
    "worker-src blob:; img-src data:; base-uri 'none'; form-action 'none'";
  return html
    .replace(/<script type="module"[^>]*><\/script>/, '')
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${css}</style>`)
    .replace('<meta charset="utf-8" />', (tag) =>
      `${tag}\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`)
    .replace('</body>', () => `  <script type="module">${code}</script>\n  </body>`);
}

function inlineAll(): Plugin {
  return {
    name: 'inline-all',
    generateBundle: {
      order: 'post', // after Vite has put in what it left open
      handler(_options, bundle) {
        const html = bundle['verify.html'] as Piece;
        const script = Object.entries(bundle).find(([name]) => name.endsWith('.js'))!;
        const style = Object.entries(bundle).find(([name]) => name.endsWith('.css'))!;
        html.source = filled(textOf(html), textOf(script[1] as Piece), textOf(style[1] as Piece));
        delete bundle[script[0]];
        delete bundle[style[0]];
      },
    },
  };
}

export default defineConfig({
  logLevel: 'warn',
  plugins: [...plugins(), inlineAll()],
  define: flags,
  publicDir: false,
  build: {
    ...small,
    target: 'chrome87',
    outDir: 'dist',
    emptyOutDir: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: 'verify.html', output: { inlineDynamicImports: true } },
  },
});
