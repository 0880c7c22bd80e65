import vue from '@vitejs/plugin-vue'
import { defaultClientConditions, defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { pages } from './scripts/pages.mjs'

// `npm run dev` shows the client against a local system that is already running (`make run`).
const system = process.env.XUESHI_SYSTEM ?? 'http://127.0.0.1:8080'

/** The condition of a package's own code in its `exports`. */
const SOURCE = 'xueshi:source'

export default defineConfig({
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === 'openapi-explorer' } } }), pages()],
  // The packages as they are written: a change needs no build of theirs.
  resolve: { conditions: [SOURCE, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [SOURCE, ...defaultServerConditions] } },
  build: {
    outDir: 'dist',
    target: 'es2022',
    manifest: true,
    sourcemap: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 800,
  },
  environments: {
    // A program for node, as that of `tests/simulation`, has its own entry and keeps its name.
    client: {
      build: {
        rollupOptions: {
          input: { index: 'index.html', sw: 'src/worker/main.ts' },
          // Browsers ask for the service worker again under the name that it has.
          output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
        },
      },
    },
  },
  server: {
    // Tests of what checks evidence read the test vectors.
    fs: { allow: ['.', '../docs'] },
    proxy: Object.fromEntries(['/v1', '/media', '/cognito', '/config.json'].map((path) => [path, { target: system }])),
  },
  test: {
    include: ['{src,packages/*/src}/**/*.test.ts'],
    environment: 'node',
    // Threads start sooner than processes, and there are many small files of tests.
    pool: 'threads',
    // A machine that has much else to do makes no test fail.
    testTimeout: 60_000,
  },
})
