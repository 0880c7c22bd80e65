// What the service worker does with a request. It keeps the shell alone: files that everybody gets, and that say nothing
// of anybody. What it does not name here goes to the network as if there were no service worker.

/**
 * `page`: a page of the client, whose file is the same for all of them. `asset`: a file that is named by its content.
 * `mark`: the product's mark. `pass`: everything else.
 */
export type Treatment = 'page' | 'asset' | 'mark' | 'pass'

export interface Asked {
  method: string
  url: string
  mode: string
  headers: { has(name: string): boolean }
}

const ASSET = /^\/assets\/[\w.-]+$/
const MARK = '/icon.svg'
/** First parts of paths that are no pages of the client: APIs, media, the log, sign-in, and the local machine's own. */
const OTHERS = new Set(['v1', 'media', 'log', 'cognito', '_local'])

export function treatmentOf(asked: Asked, origin: string): Treatment {
  const { pathname, search, origin: asks } = new URL(asked.url)
  if (asked.method !== 'GET' || asks !== origin) return 'pass'
  if (asked.headers.has('authorization') || asked.headers.has('range')) return 'pass'
  if (asked.mode === 'navigate') return isPage(pathname) ? 'page' : 'pass'
  if (search !== '') return 'pass'
  if (ASSET.test(pathname)) return 'asset'
  return pathname === MARK ? 'mark' : 'pass'
}

/** As the distribution sees it: a page has no file of its own, so its name has no dot. */
function isPage(pathname: string): boolean {
  return !OTHERS.has(pathname.split('/')[1] ?? '') && !pathname.slice(pathname.lastIndexOf('/')).includes('.')
}
