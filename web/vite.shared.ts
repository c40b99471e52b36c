// What the builds of the pages share.
import vueI18n from '@intlify/unplugin-vue-i18n/vite';
import vue from '@vitejs/plugin-vue';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PluginOption } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

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
];

/** Terser leaves less than esbuild: a first visit may fetch 60 kB. */
export const small = {
  minify: 'terser' as const,
  terserOptions: { ecma: 2020 as const, compress: { passes: 2 }, format: { comments: false as const } },
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
