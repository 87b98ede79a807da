import { fileURLToPath } from 'node:url'

import { defineConfig } from 'vite'

import { pageConfig } from '../shared/vite/build.ts'

export default defineConfig(pageConfig(fileURLToPath(new URL('.', import.meta.url)), 'console', '/console/'))
