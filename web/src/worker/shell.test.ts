import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keepShell, KEPT } from './shell'
import type { Fetched, Lasting, Scope } from './scope'

const ORIGIN = 'https://xueshi.example'
const absolute = (key: RequestInfo | URL): string =>
  new URL(typeof key === 'string' ? key : 'url' in key ? key.url : key.href, ORIGIN).href

/** A browser's caches and network, and what happens to the worker. */
class Browser {
  readonly caches = new Map<string, Map<string, Response>>()
  /** What the server has: path -> type and text. A page is what no file is. */
  server = new Map<string, [string, string]>()
  online = true
  asked: string[] = []
  private readonly handlers = new Map<string, (event: never) => void>()

  constructor() {
    keepShell(this.scope())
  }

  release(name: string): void {
    this.server.set('/index.html', ['text/html', `<script src="/assets/index-${name}.js"></script>`])
    this.server.set(`/assets/index-${name}.js`, ['text/javascript', `release ${name}`])
    this.server.set(`/assets/Page-${name}.js`, ['text/javascript', `page ${name}`])
    this.server.set('/icon.svg', ['image/svg+xml', '<svg/>'])
  }

  get kept(): string[] {
    return [...this.caches.values()].flatMap((cache) => [...cache.keys()].map((url) => new URL(url).pathname)).sort()
  }

  async fire(name: 'install' | 'activate'): Promise<void> {
    const done: Promise<unknown>[] = []
    this.handle(name, { waitUntil: (work: Promise<unknown>) => done.push(work) } as unknown as Lasting)
    await Promise.all(done)
  }

  /** What the worker answers; undefined where it leaves the request to the browser. */
  async fetch(path: string, mode = 'cors', init: RequestInit = {}): Promise<string | undefined> {
    const done: Promise<unknown>[] = []
    let answer: Promise<Response> | undefined
    const request = Object.defineProperty(new Request(ORIGIN + path, init), 'mode', { value: mode })
    this.handle('fetch', {
      request,
      respondWith: (given: Promise<Response>) => (answer = given),
      waitUntil: (work: Promise<unknown>) => done.push(work),
    } as unknown as Fetched)
    const text = answer && (await (await answer).text())
    await Promise.all(done)
    return text
  }

  private handle(name: string, event: unknown): void {
    this.handlers.get(name)?.(event as never)
  }

  private network(request: RequestInfo): Promise<Response> {
    const { pathname } = new URL(absolute(request))
    this.asked.push(pathname)
    if (!this.online) return Promise.reject(new TypeError('offline'))
    const page = !pathname.slice(pathname.lastIndexOf('/')).includes('.')
    const found = this.server.get(page ? '/index.html' : pathname)
    const [type, text] = found ?? ['text/plain', 'Not found']
    const answer = new Response(text, { status: found ? 200 : 404, headers: { 'content-type': type } })
    return Promise.resolve(basic(answer))
  }

  private cache(name: string): Partial<Cache> {
    const entries = this.caches.get(name) ?? new Map<string, Response>()
    this.caches.set(name, entries)
    return {
      match: (key) => Promise.resolve(entries.get(absolute(key))?.clone()),
      put: (key, answer) => Promise.resolve(void entries.set(absolute(key), answer)),
      keys: () => Promise.resolve([...entries.keys()].map((url) => new Request(url))),
      delete: (key) => Promise.resolve(entries.delete(absolute(key))),
    }
  }

  private scope(): Scope {
    return {
      location: { origin: ORIGIN },
      caches: {
        open: (name: string) => Promise.resolve(this.cache(name)),
        keys: () => Promise.resolve([...this.caches.keys()]),
        delete: (name: string) => Promise.resolve(this.caches.delete(name)),
      },
      clients: { claim: () => Promise.resolve() },
      fetch: (request: RequestInfo) => this.network(request),
      skipWaiting: () => Promise.resolve(),
      addEventListener: (name: string, handle: (event: never) => void) => this.handlers.set(name, handle),
    } as unknown as Scope
  }
}

/** As an answer of the own origin is. */
function basic(answer: Response): Response {
  Object.defineProperty(answer, 'type', { value: 'basic' })
  const clone = answer.clone.bind(answer)
  return Object.assign(answer, { clone: () => basic(clone()) })
}

let browser: Browser

beforeEach(async () => {
  browser = new Browser()
  browser.release('one')
  await browser.fire('install')
  await browser.fire('activate')
})
afterEach(() => void vi.useRealTimers())

describe('without a line', () => {
  it('shows every page, as the shell is there from the first visit on', async () => {
    browser.online = false
    expect(await browser.fetch('/hours', 'navigate')).toContain('index-one')
    expect(await browser.fetch('/assets/index-one.js')).toBe('release one')
  })

  it('has the files of what was looked at, and fails at the others', async () => {
    await browser.fetch('/assets/Page-one.js')
    browser.online = false
    expect(await browser.fetch('/assets/Page-one.js')).toBe('page one')
    await expect(browser.fetch('/assets/Other-one.js')).rejects.toThrow()
  })

  it('is not waited for long', async () => {
    vi.useFakeTimers()
    vi.spyOn(browser as unknown as { network: () => unknown }, 'network').mockReturnValue(new Promise(() => undefined))
    const shown = browser.fetch('/hours', 'navigate')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await shown).toContain('index-one')
  })
})

describe('a new release', () => {
  it('is there at the next page, and is kept in the place of the old one', async () => {
    browser.release('two')
    expect(await browser.fetch('/', 'navigate')).toContain('index-two')
    browser.online = false
    expect(await browser.fetch('/', 'navigate')).toContain('index-two')
    expect(await browser.fetch('/assets/index-two.js')).toBe('release two')
  })

  it('leaves a page of the old one its files', async () => {
    browser.release('two')
    await browser.fetch('/', 'navigate')
    await browser.fire('install')
    await browser.fire('activate')
    expect(await browser.fetch('/assets/index-one.js')).toBe('release one')
    expect(await browser.fetch('/assets/Page-one.js')).toBe('page one')
  })

  it('is not kept before its files have come', async () => {
    browser.release('two')
    browser.server.delete('/assets/index-two.js')
    await browser.fetch('/', 'navigate')
    browser.online = false
    expect(await browser.fetch('/', 'navigate')).toContain('index-one')
  })

  it('clears what a worker of another kind has kept', async () => {
    browser.caches.set('shell-0', new Map())
    await browser.fire('activate')
    expect([...browser.caches.keys()]).toEqual([KEPT])
  })
})

it('keeps files and the one page, and never anything personal, an answer or a lecture', async () => {
  for (const path of ['/v1/credits/account', '/v1/catalog/courses', '/media/a/index.m3u8', '/config.json', '/log/x']) {
    browser.server.set(path, ['application/json', '{"secret":1}'])
    expect(await browser.fetch(path)).toBe(undefined)
    expect(await browser.fetch(path, 'cors', { headers: { authorization: 'Bearer x' } })).toBe(undefined)
  }
  expect(await browser.fetch('/v1/credits/transcript', 'navigate')).toBe(undefined)
  await browser.fetch('/account', 'navigate')
  await browser.fetch('/assets/Page-one.js')
  expect(browser.kept).toEqual(['/assets/Page-one.js', '/assets/index-one.js', '/icon.svg', '/index.html'])
})

it('keeps no failure, and no page in the place of a file', async () => {
  expect(await browser.fetch('/assets/gone-1.js')).toBe('Not found')
  browser.server.set('/assets/page-1.js', ['text/html', 'a page'])
  await browser.fetch('/assets/page-1.js')
  expect(browser.kept).not.toContain('/assets/gone-1.js')
  expect(browser.kept).not.toContain('/assets/page-1.js')
})

it('lets the oldest files go', async () => {
  for (let number = 0; number < 300; number += 1) {
    browser.server.set(`/assets/p-${number}.js`, ['text/javascript', 'x'])
    await browser.fetch(`/assets/p-${number}.js`)
  }
  browser.release('two')
  await browser.fetch('/', 'navigate')
  expect(browser.kept.length).toBeLessThanOrEqual(251)
  expect(browser.kept).toContain('/index.html')
  expect(browser.kept).toContain('/assets/p-299.js')
})
