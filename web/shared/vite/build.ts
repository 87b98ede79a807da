/** What both pages share of their build: hashed names, no inlined assets (the pages' security policy forbids them). */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

import vue from '@vitejs/plugin-vue'
import type { Plugin, UserConfig } from 'vite'

const COMPRESSIBLE = /\.(js|css|svg|html|json)$/
const WORTH_BYTES = 1024

/** Writes a .br and a .gz beside every text file, so that the server compresses nothing while it serves. */
function precompress(folder: string): Plugin {
  return {
    name: 'huixiang-precompress',
    apply: 'build',
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const path = join(folder, name)
        if (!COMPRESSIBLE.test(name) || statSync(path).size < WORTH_BYTES) continue
        const body = readFileSync(path)
        const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length }
        writeFileSync(`${path}.br`, brotliCompressSync(body, { params: quality }))
        writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }))
      }
    },
  }
}

/** The configuration of the page in `root`, served under `base` and built into the Python package as `name`. */
export function pageConfig(root: string, name: string, base: string, define: Record<string, boolean> = {}): UserConfig {
  const outDir = resolve(root, '../../src/huixiang/entry/pages', name)
  return {
    root,
    base,
    plugins: [vue(), precompress(outDir)],
    define: {
      __VUE_I18N_LEGACY_API__: false,
      __INTLIFY_PROD_DEVTOOLS__: false,
      ...define,
    },
    build: {
      outDir,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'es2020',
      sourcemap: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 700,
    },
    server: {
      proxy: { '/api': { target: process.env['HUIXIANG_API'] ?? 'http://127.0.0.1:8000', changeOrigin: false } },
    },
  }
}
