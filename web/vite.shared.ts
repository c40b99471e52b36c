// What the builds of the pages share.
import vueI18n from '@intlify/unplugin-vue-i18n/vite';
import vue from '@vitejs/plugin-vue';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin, PluginOption } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

/** A message without places is compiled to a tree of one leaf: a function that gives
 * the text is smaller. */
const plainWords: Plugin = {
  name: 'plain-words',
  transform: (code, id) => !/\/i18n\/[^/]+\.json$/.test(id) ? null : {
    code: code.replace(/\{\s*"t":0,"b":\{"t":2,"i":\[\{"t":3\}\],"s":("(?:[^"\\]|\\.)*")\}\}/g, '() => $1'), map: null,
  },
};

/** Messages are compiled here: the pages bring no compiler along. */
export const plugins = (): PluginOption[] => [
  vue(),
  vueI18n({
    module: 'petite-vue-i18n',
    include: [resolve(here, 'src/i18n/*.json')],
    runtimeOnly: true,
    compositionOnly: true,
    fullInstall: false,
    dropMessageCompiler: true,
  }),
  plainWords,
];

/** Terser leaves less than esbuild: a first visit may fetch 60 kB. */
export const small = {
  minify: 'terser' as const,
  terserOptions: { ecma: 2020 as const, compress: { passes: 3, keep_fargs: false, unsafe_arrows: true, pure_getters: true }, format: { comments: false as const } },
};

export const flags = {
  __VUE_OPTIONS_API__: 'false',
  __VUE_PROD_DEVTOOLS__: 'false',
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  __VUE_I18N_LEGACY_API__: 'false',
  __VUE_I18N_FULL_INSTALL__: 'false',
  __INTLIFY_PROD_DEVTOOLS__: 'false',
  __INTLIFY_DROP_MESSAGE_COMPILER__: 'true',
};
