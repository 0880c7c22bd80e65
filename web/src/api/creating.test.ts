// Reads the calls: whatever creates something is sent again when nobody answered, and creates it once.

import { describe, expect, it } from 'vitest'

interface Operation {
  parameters?: { name?: string }[]
  responses: Record<string, unknown>
}
interface Document {
  paths: Record<string, { post?: Operation }>
}

const documents = Object.values(
  import.meta.glob<Document>('../../../docs/openapi/*.json', { import: 'default', eager: true }),
)
const sources = Object.entries(
  import.meta.glob<string>(['../**/*.{ts,vue}', '../../packages/*/src/**/*.ts', '!**/*.test.ts', '!**/generated/**'], {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
)

/** The paths to which a POST creates something: their answer says so, or their key. */
const creating = documents.flatMap(({ paths }) =>
  Object.entries(paths).flatMap(([path, { post }]) => {
    const keyed = post?.parameters?.some(({ name }) => name === 'Idempotency-Key')
    return post && (keyed || '201' in post.responses || '202' in post.responses) ? [path] : []
  }),
)

/** Every POST of the client: where it is made, its path, and what is sent there. */
const calls = sources.flatMap(([file, source]) =>
  [...source.matchAll(/\bPOST\(\s*'([^']+)',\s*([^;]*)/g)].map(([, path = '', sent = '']) => ({ file, path, sent })),
)

describe('what creates something', () => {
  it('is known, and called by the client', () => {
    const called = calls.map(({ path }) => path)
    expect(creating.filter((path) => called.includes(path)).length).toBeGreaterThan(15)
  })

  it('is sent again with its key, or as what needs none', () => {
    const once = calls
      .filter(({ path }) => creating.includes(path))
      // The player's machine repeats what it sends by itself: its machine.test.ts.
      .filter(({ file }) => file !== '../../packages/client/src/watching/requests.ts')
      .filter(({ sent }) => !/^request,?\s*\)/.test(sent) && !sent.includes('...sentAgain'))
    expect(once.map(({ file, path }) => `${file}: ${path}`)).toEqual([])
  })
})
